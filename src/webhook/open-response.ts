import type { ResponseCall, ResponseSlot } from "../queue/response-slot.js"
import { acknowledged, type WebhookResponse } from "./webhook-response.js"

/**
 * The answer to a request before the answer is sent. Until it is closed, the answer accepts one call of the bot
 * as its body.
 */
export class OpenResponse implements ResponseSlot {
  #call: ResponseCall | undefined
  #isOpen = true

  offer(call: ResponseCall): boolean {
    if (!this.#isOpen || this.#call) return false
    this.#call = call
    return true
  }

  withdraw(): void {
    this.#call = undefined
  }

  /** Closes the answer, and returns it for an accepted update, with the call as its body if there is one. */
  acknowledged(): WebhookResponse {
    const call = this.#close()
    if (!call) return acknowledged
    const { json: body, makeSeparately } = call
    const headers = { "content-type": "application/json" }
    return { status: 200, headers, body, onUnsent: makeSeparately }
  }

  /** Closes the answer and drops its call: the update was refused, and Telegram sends it again. */
  drop(): void {
    this.#close()
  }

  /** Closes the answer after the time limit. The bot then makes the call by an ordinary request. */
  expire(): void {
    this.#close()?.makeSeparately()
  }

  #close(): ResponseCall | undefined {
    const call = this.#call
    this.#isOpen = false
    this.#call = undefined
    return call
  }
}
