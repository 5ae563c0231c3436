import {
  expectDurationMs,
  expectInteger,
  type OptionNames,
  expectOptionsObject,
} from "../ground/expect-option.js"
import { errorCode, errorText } from "../ground/error-text.js"
import { type Logger, withFields } from "../ground/logger.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import { idleTimer } from "../ground/timer.js"
import { callQueue } from "../queue/call-queue.js"
import type { IncomingUpdate, UpdateQueue } from "../queue/update-queue.js"
import { decodeJson } from "../telegram/decode-json.js"
import { parseUpdate } from "../telegram/parse-update.js"
import type { Update } from "../telegram/types.js"
import { expectSecretToken } from "./expect-secret-token.js"
import { HeadCheck, type WebhookHead } from "./head-check.js"
import { IdOrder, defaultOrderLimitMs } from "./id-order.js"
import { OpenResponse } from "./open-response.js"
import { PutDeadlines } from "./put-deadlines.js"
import type { Readiness } from "./readiness.js"
import {
  announced,
  refusals,
  starting,
  unavailable,
  type WebhookResponse,
} from "./webhook-response.js"

export type { WebhookHead } from "./head-check.js"

/** The options of a {@link Webhook}. */
export interface WebhookOptions {
  /** The bot's id: the number before the colon of its token. */
  readonly botId: number
  /** The queue for the updates. */
  readonly queue: Pick<UpdateQueue, "put" | "probe" | "isSingleWriter" | "early" | "highestId">
  /**
   * The `secret_token` of `setWebhook`: 1 to 256 characters of `A-Z a-z 0-9 _ -`. With `false`, anybody
   * who knows the URL can send updates.
   */
  readonly secretToken: string | false
  /** The path, with or without its leading slash. Default: any path, for servers with a router. */
  readonly path?: string | undefined
  /** The longest accepted body, in bytes. An update of Telegram is at most half as long. Default: 1,048,576. */
  readonly maxBodyBytes?: number | undefined
  /**
   * The longest time for which a request waits for its update's put, in milliseconds. After it the answer
   * is 503, and Telegram sends the update again; the copy then joins the first put. Telegram itself gives
   * up after 60 s. Default: 50,000.
   */
  readonly putTimeoutMs?: number | undefined
  /**
   * The longest time for which an update waits for a lower id that has not come yet, in milliseconds, so
   * that a press of a button does not overtake an older message. With several receivers the value has to
   * be 0, because another receiver may have got the missing id. Default: 1,000 for a queue whose
   * `isSingleWriter` is true, such as `SqliteQueue`; otherwise 0.
   */
  readonly orderWithinMs?: number | undefined
  /** The destination of errors of the queue. Default: `console`, without its `info` and `debug`. */
  readonly logger?: Logger | undefined
}

const optionNames: OptionNames<WebhookOptions> = {
  botId: true,
  queue: true,
  secretToken: true,
  path: true,
  maxBodyBytes: true,
  putTimeoutMs: true,
  orderWithinMs: true,
  logger: true,
}

/** The values and functions that the start of a bot gives to its {@link Webhook}. */
export interface WebhookHooks {
  /** The highest `update_id` that was received earlier; `undefined` if it is unknown. */
  readonly lastId?: number | undefined
  /** Returns true if the webhook is registered at Telegram, for {@link Webhook.readiness}. */
  readonly isStarted?: (() => boolean) | undefined
  /**
   * Resolves when updates can be accepted; requests wait until then. `false` refuses the waiting
   * requests, which Telegram then sends again. Default: updates can be accepted at once.
   */
  readonly opened?: Promise<boolean> | undefined
  /** Called with the client's address for a request to the right path without the right secret. */
  readonly onWrongSecret?: ((caller: string | undefined) => void) | undefined
}

/** A request as plain values. */
export interface WebhookRequest {
  /** The HTTP method. */
  readonly method: string
  /** The path. A query is ignored. */
  readonly path: string
  /** Returns the value of a header by its name in lower case. */
  readonly headers: (name: string) => string | undefined
  /** Reads the body. The function may stop as soon as it has more than `limit` bytes. */
  readonly readBody: (limit: number) => Promise<Uint8Array | string>
}

const stopping = unavailable("stopping", 1, "The bot is stopping; send the update again.")
const handedBack = unavailable("handed-back", 1, "The update was not handled; send it again.")
const full = unavailable("full", 1, "There is no room for another update; send it again.")
const slow = unavailable("slow", 1, "The update still waits for the queue; send it again.")
const failed = unavailable("failed", 5, "The update could not be stored; send it again.")
/** The time, in milliseconds, for which early updates (see {@link IdOrder}) still wait after `stopIntake`. */
const stopWaitMs = 50

/**
 * A webhook as a function of plain values, from Telegram's request to the answer. The answer is 200 when the
 * queue's `put` has resolved. The class runs in every JavaScript runtime; `webhookListener` and
 * `webhookFetch` connect it to servers.
 *
 * The webhook checks, in this order, the path (404), the method (405), the secret (401), the content type
 * (415) and the declared length (413). Only then does the webhook read the body, and check its length (413)
 * and that the body is an update in JSON (400). The answer is 503 for a full queue, a handed-back update and
 * a stopping bot.
 *
 * @see https://core.telegram.org/bots/api#setwebhook
 */
export class Webhook {
  /** The bot's id. */
  readonly botId: number
  /** The path; `undefined` for any path. */
  readonly path: string | undefined
  /** The longest accepted body, in bytes. */
  readonly maxBodyBytes: number
  readonly #queue: WebhookOptions["queue"]
  readonly #order: IdOrder
  readonly #heads: HeadCheck
  readonly #deadlines: PutDeadlines
  readonly #logger: Logger
  readonly #hooks: WebhookHooks
  #opened: Promise<boolean> | undefined
  #isStopped = false

  /** @param hooks the hooks of {@link WebhookIntake}; a server of your own needs none */
  constructor(options: WebhookOptions, hooks: WebhookHooks = {}) {
    expectOptionsObject(options, "new Webhook({ botId, queue, secretToken })", optionNames)
    this.botId = expectInteger("botId", options.botId, 1, Number.MAX_SAFE_INTEGER)
    this.#queue = options.queue
    const secretToken = expectSecretToken(options.secretToken)
    this.path = options.path
    const { maxBodyBytes = 1_048_576, putTimeoutMs = 50_000 } = options
    const { orderWithinMs = defaultOrderLimitMs(options.queue) } = options
    this.#order = IdOrder.of(expectDurationMs("orderWithinMs", orderWithinMs), hooks.lastId)
    this.maxBodyBytes = expectInteger("maxBodyBytes", maxBodyBytes, 1, Number.MAX_SAFE_INTEGER)
    this.#hooks = hooks
    this.#heads = new HeadCheck({ path: options.path, secretToken, maxBodyBytes })
    this.#deadlines = PutDeadlines.ofLength(expectDurationMs("putTimeoutMs", putTimeoutMs))
    this.#logger = withFields(guardedLogger(options.logger), { botId: this.botId })
    this.#opened = hooks.opened
    void this.#opened?.then(() => (this.#opened = undefined))
  }

  /** Resolves with the answer to a request. Never rejects. */
  async handle(request: WebhookRequest): Promise<WebhookResponse> {
    try {
      return (
        this.#refusalOf(request) ?? (await this.take(await request.readBody(this.maxBodyBytes)))
      )
    } catch {
      // `readBody` has rejected.
      return announced(refusals.cut, this.botId)
    }
  }

  #refusalOf({ method, path, headers }: WebhookRequest): WebhookResponse | undefined {
    return this.refusal({
      method,
      path,
      secretToken: headers("x-telegram-bot-api-secret-token"),
      contentType: headers("content-type"),
      contentEncoding: headers("content-encoding"),
      contentLength: headers("content-length"),
    })
  }

  /**
   * Returns the refusal of a request by its headers, method and path; `undefined` to accept it and read its
   * body. For servers that read bodies in their own way, this is the first half of {@link Webhook.handle}.
   */
  refusal(head: WebhookHead): WebhookResponse | undefined {
    const refusal = this.#refusalOfHead(head)
    if (refusal === refusals.secret) this.#hooks.onWrongSecret?.(head.caller)
    return refusal && announced(refusal, this.botId)
  }

  /** Returns true if {@link Webhook.refusal} would accept a request. Reports nothing. */
  accepts(head: WebhookHead): boolean {
    return this.#refusalOfHead(head) === undefined
  }

  #refusalOfHead(head: WebhookHead): WebhookResponse | undefined {
    return this.#heads.refusalOf(head) ?? (this.#isClosed ? stopping : undefined)
  }

  /**
   * Puts the update of a request's body, and resolves with the answer. Never rejects. For servers that
   * read bodies in their own way, this is the second half of {@link Webhook.handle}.
   *
   * @param body the body as text, bytes or parsed JSON
   */
  take(body: Uint8Array | string | object): Promise<WebhookResponse> {
    if (this.#opened) return this.#takeOnceOpened(this.#opened, body)
    if (this.#isClosed) return this.#refuse(stopping)
    let update: Update
    let json: string | undefined
    try {
      if (this.#isTooLong(body)) return this.#refuse(refusals.length)
      json = jsonOf(body)
      update = parseUpdate(json ?? body)
    } catch {
      return this.#refuse(refusals.body)
    }
    return this.#put(update, json)
  }

  /**
   * Resolves with `"ready"` if the webhook can accept an update now, otherwise with the obstacle. Never
   * rejects.
   */
  async readiness(): Promise<Readiness> {
    if (this.#isStopped) return "stopping"
    if (this.#hooks.isStarted?.() === false) return "starting"
    try {
      await this.#queue.probe?.()
      return "ready"
    } catch (error) {
      return errorCode(error) === "queue-full" ? "full" : "failing"
    }
  }

  /**
   * Answers every further request with 503, so that Telegram keeps its update. Requests whose update is
   * already in the queue are answered when its put settles. Early updates, and the updates with lower ids
   * that they wait for, are still put within 50 ms, because Telegram would send them again in any order.
   */
  stopIntake(): void {
    this.#isStopped = true
    if (this.#order.isWaiting) idleTimer(() => this.#order.flush(), stopWaitMs)
  }

  /** True after {@link Webhook.stopIntake}. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Puts the early updates now, before the next start (polling or webhook) puts later updates. */
  flush(): void {
    this.#order.flush()
  }

  async #takeOnceOpened(
    opened: Promise<boolean>,
    body: Uint8Array | string | object,
  ): Promise<WebhookResponse> {
    return (await opened) ? this.take(body) : this.#refuse(starting)
  }

  /** True if every request is refused: the intake has stopped, and no early update waits. */
  get #isClosed(): boolean {
    return this.#isStopped && !this.#order.isWaiting
  }

  #isTooLong(body: Uint8Array | string | object): boolean {
    const isText = typeof body === "string" || body instanceof Uint8Array
    return isText && body.length > this.maxBodyBytes
  }

  #refuse(refusal: WebhookResponse): Promise<WebhookResponse> {
    return Promise.resolve(announced(refusal, this.botId))
  }

  #put(update: Update, json: string | undefined): Promise<WebhookResponse> {
    const isAfterStop = this.#isStopped && !this.#order.awaits(update.update_id)
    if (isAfterStop) return this.#refuse(stopping)
    return new Promise((resolve) => {
      let isAnswered = false
      const answer = (response: WebhookResponse) => {
        if (isAnswered) return
        isAnswered = true
        resolve(announced(response, this.botId))
      }
      const open = new OpenResponse()
      const deadline = this.#deadlines.add(() => {
        answer(slow)
        open.expire()
      })
      const settle = (response: WebhookResponse) => {
        this.#deadlines.delete(deadline)
        answer(response)
      }
      const answerWhenPut = (put: Promise<void>) => {
        put.then(
          () => settle(open.acknowledged()),
          (error: unknown) => {
            open.drop()
            settle(this.#refusalFor(error))
          },
        )
      }
      const incoming = { botId: this.botId, update, json, response: open }
      const pass = () => answerWhenPut(callQueue("put", () => this.#queue.put(incoming)))
      const park = () => this.#park(incoming, answerWhenPut)
      this.#order.add(update.update_id, pass, this.#queue.early && park)
    })
  }

  /** Parks an early update in the queue, and returns the function that unparks it. */
  #park(incoming: IncomingUpdate, answerWhenPut: (put: Promise<void>) => void): () => void {
    let unpark = () => {}
    const parking = callQueue("park", () => {
      const parked = this.#queue.early?.park(incoming)
      unpark = () => parked?.unpark()
      return parked?.put ?? this.#queue.put(incoming)
    })
    answerWhenPut(parking)
    return () => {
      // A custom queue may reject. The update stays parked, and `#refusalFor` logs the failure.
      callQueue("unpark", async () => unpark()).catch((error: unknown) => this.#refusalFor(error))
    }
  }

  #refusalFor(error: unknown): WebhookResponse {
    const code = errorCode(error)
    if (code === "handed-back") return handedBack
    if (code === "queue-full") return full
    if (code === "invalid-update") return refusals.body
    const reason = errorText(error)
    this.#logger.error(`The queue could not store an update, which Telegram sends again: ${reason}`)
    return failed
  }
}

/**
 * Returns the JSON text of a body, which the queue stores unchanged. Returns `undefined` for a parsed body, and
 * for a text with a lone surrogate, which UTF-8 cannot represent.
 */
function jsonOf(body: Uint8Array | string | object): string | undefined {
  if (body instanceof Uint8Array) return decodeJson(body)
  if (typeof body !== "string") return undefined
  const json = body.startsWith("\uFEFF") ? body.slice(1) : body
  return json.isWellFormed() ? json : undefined
}
