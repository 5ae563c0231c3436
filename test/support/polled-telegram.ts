import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Update } from "@grammyjs/types"
import { portOf } from "./free-port.js"
import { untilTrue } from "./waiting.js"

/** One call that a bot has made. */
export interface Call {
  readonly method: string
  readonly params: {
    readonly offset?: number
    readonly limit?: number
    readonly timeout?: number
    readonly drop_pending_updates?: boolean
    readonly allowed_updates?: readonly string[]
  }
  readonly at: number
  /** Whether the bot disconnected before the answer. */
  wasCut: boolean
}

/** A fault that replaces the answer to one call. */
export type Fault =
  | "cut"
  | "silence"
  | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }

interface LongPoll {
  readonly response: ServerResponse
  readonly offset: number
  readonly limit: number
  readonly timer: NodeJS.Timeout
}

/** Returns Telegram's answer for a refusal. */
export function refusal(status: number, description: string, parameters?: object): Fault {
  const body = JSON.stringify({ ok: false, error_code: status, description, parameters })
  return { status, body, headers: { "content-type": "application/json" } }
}

/**
 * The part of Telegram that polling uses: a queue of updates that an offset confirms, the refusal of the older of two
 * long polls, the delay of repeated calls with one offset, and faults on demand.
 */
export class PolledTelegram implements AsyncDisposable {
  readonly calls: Call[] = []
  /** The faults of the next calls, by method. */
  readonly faults = new Map<string, Fault[]>()
  webhook = ""
  updates: Update[] = []
  nextId = 100
  readonly #server = createServer((request, response) => void this.#handle(request, response))
  #longPoll: LongPoll | undefined
  #last = { offset: NaN, at: -Infinity }

  static async start(): Promise<PolledTelegram> {
    const telegram = new PolledTelegram()
    telegram.#server.listen(0, "127.0.0.1")
    await once(telegram.#server, "listening")
    return telegram
  }

  get apiRoot(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`
  }

  get isLongPolled(): boolean {
    return this.#longPoll !== undefined
  }

  get ids(): number[] {
    return this.updates.map((update) => update.update_id)
  }

  get polls(): Call[] {
    return this.calls.filter(({ method }) => method === "getUpdates")
  }

  /** Adds a message in a private chat. Returns its id. */
  send(chat = 1, text = "hi"): number {
    const update_id = this.nextId++
    const who = { id: chat, first_name: "Ada" }
    const message = {
      message_id: update_id,
      date: 1,
      chat: { ...who, type: "private" as const },
      from: { ...who, is_bot: false },
      text,
    }
    this.push({ update_id, message })
    return update_id
  }

  /** Adds an update, or an invalid value. */
  push(update: unknown): void {
    // Tests also send values that are not updates.
    this.updates.push(update as Update)
    setImmediate(() => this.#wake())
  }

  fail(method: string, ...faults: Fault[]): void {
    this.faults.set(method, [...(this.faults.get(method) ?? []), ...faults])
  }

  async untilCalled(method: string, times = 1): Promise<Call> {
    const of = () => this.calls.filter((call) => call.method === method)
    await untilTrue(() => of().length >= times)
    return of()[times - 1]!
  }

  async untilLongPolled(): Promise<void> {
    await untilTrue(() => this.isLongPolled)
  }

  /** Ends the long poll, as `setWebhook` or another poller does. */
  conflict(description: string): void {
    this.#refuseLongPoll(description)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#longPoll?.timer)
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, "close")
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.url?.split("/").at(-1) ?? ""
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    // the bot's own parameters, as sent
    const params = (text ? JSON.parse(text) : {}) as Call["params"]
    const call: Call = { method, params, at: performance.now(), wasCut: false }
    response.on("close", () => (call.wasCut = !response.writableFinished))
    this.calls.push(call)
    const fault = this.faults.get(method)?.shift()
    if (fault) this.#break(response, fault)
    else if (method === "getUpdates") this.#getUpdates(call, response)
    else if (method === "getWebhookInfo")
      answer(response, { url: this.webhook, pending_update_count: this.updates.length })
    else if (method === "deleteWebhook") this.#deleteWebhook(call, response)
    else answer(response, true)
  }

  #break(response: ServerResponse, fault: Fault): void {
    if (fault === "cut") response.destroy()
    if (typeof fault === "string") return
    response.writeHead(fault.status, fault.headers).end(fault.body)
  }

  #deleteWebhook({ params }: Call, response: ServerResponse): void {
    if (params.drop_pending_updates) this.updates = []
    this.webhook = ""
    answer(response, true)
  }

  #getUpdates({ params, at }: Call, response: ServerResponse): void {
    if (this.webhook) return refuse(response, webhookIsActive)
    const { offset = 0 } = params
    let { limit = 100, timeout = 0 } = params
    const isSame = this.#last.offset === offset
    if (isSame && timeout < 3 && at - this.#last.at < 3000) timeout = 3
    if (isSame && at - this.#last.at < 500) limit = 1
    this.#last = { offset, at }
    const inForce = offset > this.nextId + 10 ? 0 : offset
    const isConfirmed = ({ update_id: id }: Update) => id >= 0 && id < inForce
    this.updates = this.updates.slice(this.updates.findLastIndex(isConfirmed) + 1)
    if (this.updates.length > 0) return answer(response, this.updates.slice(0, limit))
    if (timeout === 0) return answer(response, [])
    this.#refuseLongPoll(terminated)
    const timer = setTimeout(() => this.#answerLongPoll(), timeout * 1000)
    this.#longPoll = { response, offset, limit, timer }
  }

  #wake(): void {
    if (this.updates.length > 0) this.#answerLongPoll()
  }

  #answerLongPoll(): void {
    const poll = this.#longPoll
    this.#longPoll = undefined
    clearTimeout(poll?.timer)
    if (poll) answer(poll.response, this.updates.slice(0, poll.limit))
  }

  #refuseLongPoll(description: string): void {
    const poll = this.#longPoll
    this.#longPoll = undefined
    clearTimeout(poll?.timer)
    if (poll) refuse(poll.response, description)
  }
}

export const terminated =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"

export const webhookIsActive =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

function answer(response: ServerResponse, result: unknown): void {
  response.setHeader("content-type", "application/json")
  response.end(JSON.stringify({ ok: true, result }))
}

function refuse(response: ServerResponse, description: string): void {
  response.writeHead(409, { "content-type": "application/json" })
  response.end(JSON.stringify({ ok: false, error_code: 409, description }))
}
