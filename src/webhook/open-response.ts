import type { ResponseCall, ResponseSlot } from "../queue/response-slot.js"
import { taken, type WebhookResponse } from "./webhook-response.js"

/** The answer to one request, from its update's put until it is sent. */
export class OpenResponse implements ResponseSlot {
  #call: ResponseCall | undefined
  #isOpen = true

  offer(call: ResponseCall): boolean {
    if (!this.#isOpen || this.#call) return false
    this.#call = call
    return true
  }

  /** The answer for an update that was taken, with the call that rides in it. */
  taken(): WebhookResponse {
    const call = this.#end()
    if (!call) return taken
    const { json: body, makeOtherwise } = call
    const headers = { "content-type": "application/json" }
    return { status: 200, headers, body, onUnsent: makeOtherwise }
  }

  /** The update is not taken and comes again, and its call with it. */
  drop(): void {
    this.#end()
  }

  /** Telegram has to wait no longer: the call is made in the ordinary way. */
  expire(): void {
    this.#end()?.makeOtherwise()
  }

  #end(): ResponseCall | undefined {
    const call = this.#call
    this.#isOpen = false
    this.#call = undefined
    return call
  }
}
