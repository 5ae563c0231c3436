import { expectDurationMs, expectInteger } from "../ground/expect-option.js"
import { errorCode, errorText } from "../ground/error-text.js"
import { guardedLogger, type Logger, withFields } from "../ground/logger.js"
import { idleTimer } from "../ground/timer.js"
import { callQueue } from "../queue/call-queue.js"
import type { IncomingUpdate, UpdateQueue } from "../queue/update-queue.js"
import { decodeJson } from "../telegram/decode-json.js"
import { parseUpdate } from "../telegram/parse-update.js"
import type { Update } from "../telegram/types.js"
import { expectSecretToken } from "./expect-secret-token.js"
import { HeadCheck, type WebhookHead } from "./head-check.js"
import { IdOrder, orderLimitOf } from "./id-order.js"
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

/** What a {@link Webhook} is made of. */
export interface WebhookOptions {
  /** The bot whose updates come in: the number in front of its token's colon. */
  readonly botId: number
  /** Where updates are put. */
  readonly queue: Pick<UpdateQueue, "put" | "probe" | "isSingleWriter" | "early" | "highestId">
  /**
   * What was given to `setWebhook` as `secret_token`: 1 to 256 of `A-Z a-z 0-9 _ -`. `false` means
   * that anyone who knows the address can send updates.
   */
  readonly secretToken: string | false
  /** The path to answer at, with or without its slash. Any path by default: your router decides. */
  readonly path?: string | undefined
  /** The longest body that is read, in bytes. 1,048,576 by default; Telegram's are half of that. */
  readonly maxBodyBytes?: number | undefined
  /**
   * How long a request waits for its update to be taken, in milliseconds. 50,000 by default, as
   * Telegram gives up after 60 s. The answer is then a 503, and the copy that Telegram sends joins
   * the first.
   */
  readonly putTimeoutMs?: number | undefined
  /**
   * How long an update waits for one with a lower id that has not come yet, in milliseconds, so that
   * a press on a button does not overtake a message. Default: 1,000 where the queue says that it
   * `isSingleWriter`, as `SqliteQueue` does, otherwise 0. Keep 0 with several receivers: a missing id
   * went to another one.
   */
  readonly orderWithinMs?: number | undefined
  /** Where a queue that fails is reported. */
  readonly logger?: Logger | undefined
}

/** What the start of a bot has a {@link Webhook} do beside taking updates. */
export interface WebhookHooks {
  /** The last `update_id` that has come before, where that is known: the next one is one more. */
  readonly lastId?: number | undefined
  /** Returns whether Telegram has been told of the webhook, for {@link Webhook.readiness}. */
  readonly isStarted?: (() => boolean) | undefined
  /**
   * Settles when updates can be taken; until then requests wait. `false` refuses the requests that
   * have waited, because Telegram sends them again. Absent where updates can be taken at once.
   */
  readonly opened?: Promise<boolean> | undefined
  /** Called when a request to the right path has no secret or a wrong one, with its sender. */
  readonly onWrongSecret?: ((caller: string | undefined) => void) | undefined
}

/** One request, as plain values. */
export interface WebhookRequest {
  /** The HTTP method. */
  readonly method: string
  /** The path; a query is ignored. */
  readonly path: string
  /** The value of a header, by its name in lower case. */
  readonly headers: (name: string) => string | undefined
  /** Reads the body; may stop as soon as it has more than `limit` bytes. */
  readonly readBody: (limit: number) => Promise<Uint8Array | string>
}

const stopping = unavailable("stopping", 1, "The bot is stopping; send the update again.")
const handedBack = unavailable("handed-back", 1, "The update was not handled; send it again.")
const full = unavailable("full", 1, "There is no room for another update; send it again.")
const slow = unavailable("slow", 1, "The update still waits to be taken; send it again.")
const failed = unavailable("failed", 5, "The update could not be stored; send it again.")
/** How long updates wait for others when the intake stops, in milliseconds. */
const lastWaitMs = 50

/**
 * The webhook as a function of plain values: Telegram's request in, the answer out. It answers 200
 * when the queue has taken the update. Runs wherever JavaScript does; `webhookListener` and
 * `webhookFetch` connect it to servers.
 *
 * Checks, in this order: path (404), method (405), secret (401), content type (415), declared length
 * (413), and only then reads the body: its length (413), and whether it is JSON and an update (400). A
 * queue that is full, an update that is handed back and a bot that is stopping are answered with 503.
 *
 * @see https://core.telegram.org/bots/api#setwebhook
 */
export class Webhook {
  /** The bot whose updates come in. */
  readonly botId: number
  /** The path it answers at; `undefined` where any will do. */
  readonly path: string | undefined
  /** The longest body that is read, in bytes. */
  readonly maxBodyBytes: number
  readonly #queue: WebhookOptions["queue"]
  readonly #order: IdOrder
  readonly #heads: HeadCheck
  readonly #deadlines: PutDeadlines
  readonly #logger: Logger
  readonly #isStarted: () => boolean
  #opened: Promise<boolean> | undefined
  #isStopped = false

  /** @param hooks for {@link WebhookIntake}; a server of your own needs none */
  constructor(options: WebhookOptions, hooks: WebhookHooks = {}) {
    this.botId = expectInteger("botId", options.botId, 1, Number.MAX_SAFE_INTEGER)
    this.#queue = options.queue
    const secretToken = expectSecretToken(options.secretToken)
    this.path = options.path
    const { maxBodyBytes = 1_048_576, putTimeoutMs = 50_000 } = options
    const { orderWithinMs = orderLimitOf(options.queue) } = options
    this.#order = new IdOrder(expectDurationMs("orderWithinMs", orderWithinMs), hooks.lastId)
    this.maxBodyBytes = expectInteger("maxBodyBytes", maxBodyBytes, 1, Number.MAX_SAFE_INTEGER)
    this.#heads = new HeadCheck({ ...options, ...hooks, secretToken, maxBodyBytes })
    this.#deadlines = new PutDeadlines(expectDurationMs("putTimeoutMs", putTimeoutMs))
    this.#logger = withFields(guardedLogger(options.logger), { botId: this.botId })
    this.#isStarted = hooks.isStarted ?? (() => true)
    this.#opened = hooks.opened
    void this.#opened?.then(() => (this.#opened = undefined))
  }

  /** Answers one request. Never rejects. */
  async handle(request: WebhookRequest): Promise<WebhookResponse> {
    try {
      return (
        this.#refusalOf(request) ?? (await this.take(await request.readBody(this.maxBodyBytes)))
      )
    } catch {
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
   * The first half of {@link Webhook.handle}, for servers that read bodies in their own way: the
   * answer to a request that is refused for its head, `undefined` when its body may be read.
   */
  refusal(head: WebhookHead): WebhookResponse | undefined {
    const refusal = this.#heads.refusalOf(head) ?? (this.#takesNothing ? stopping : undefined)
    return refusal && announced(refusal, this.botId)
  }

  /**
   * The second half of {@link Webhook.handle}: puts what a request whose head was not refused had
   * in its body. Never rejects.
   *
   * @param body text, bytes, or what a server's own parser made of them
   */
  take(body: Uint8Array | string | object): Promise<WebhookResponse> {
    if (this.#opened) return this.#takeOnceOpened(this.#opened, body)
    if (this.#takesNothing) return this.#refuse(stopping)
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
   * Resolves with whether the webhook would take an update at present. Never rejects.
   *
   * @returns `"ready"`, or what is in the way
   */
  async readiness(): Promise<Readiness> {
    if (this.#isStopped) return "stopping"
    if (!this.#isStarted()) return "starting"
    try {
      await this.#queue.probe?.()
      return "ready"
    } catch (error) {
      return errorCode(error) === "queue-full" ? "full" : "failing"
    }
  }

  /**
   * Answers every further request with 503, so that Telegram keeps its update. Requests whose
   * update is already in the queue are answered as it settles. Where an update that is here waits
   * for one with a lower id, both are still put, within 50 ms: refused, they would come again in any
   * order.
   */
  stopIntake(): void {
    this.#isStopped = true
    if (this.#order.isWaiting) idleTimer(() => this.#order.flush(), lastWaitMs)
  }

  /** Whether the intake was stopped. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Puts the updates that wait for their turn. Later updates come in another way, behind these. */
  flush(): void {
    this.#order.flush()
  }

  async #takeOnceOpened(
    opened: Promise<boolean>,
    body: Uint8Array | string | object,
  ): Promise<WebhookResponse> {
    return (await opened) ? this.take(body) : this.#refuse(starting)
  }

  get #takesNothing(): boolean {
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
    const isLate = this.#isStopped && !this.#order.awaits(update.update_id)
    if (isLate) return this.#refuse(stopping)
    return new Promise((resolve) => {
      let isAnswered = false
      const answer = (response: WebhookResponse) => {
        if (isAnswered) return
        isAnswered = true
        resolve(announced(response, this.botId))
      }
      const open = new OpenResponse()
      const waiting = this.#deadlines.add(() => {
        answer(slow)
        open.expire()
      })
      const settle = (response: WebhookResponse) => {
        this.#deadlines.delete(waiting)
        answer(response)
      }
      const answerFor = (put: Promise<void>) => {
        put.then(
          () => settle(open.taken()),
          (error: unknown) => {
            open.drop()
            settle(this.#notTaken(error))
          },
        )
      }
      const incoming = { botId: this.botId, update, json, response: open }
      const pass = () => answerFor(callQueue("put", () => this.#queue.put(incoming)))
      const park = () => this.#park(incoming, answerFor)
      this.#order.add(update.update_id, pass, this.#queue.early && park)
    })
  }

  /** Has an update stored before its turn; returns what says that its turn has come. */
  #park(incoming: IncomingUpdate, answerFor: (put: Promise<void>) => void): () => void {
    let unpark = () => {}
    const parking = callQueue("park", () => {
      const parked = this.#queue.early?.park(incoming)
      unpark = () => parked?.unpark()
      return parked?.put ?? this.#queue.put(incoming)
    })
    answerFor(parking)
    return () => {
      // A queue of the program's own may throw here, too: its updates are its own matter then.
      callQueue("unpark", async () => unpark()).catch((error: unknown) => this.#notTaken(error))
    }
  }

  #notTaken(error: unknown): WebhookResponse {
    const code = errorCode(error)
    if (code === "handed-back") return handedBack
    if (code === "queue-full") return full
    if (code === "invalid-update") return refusals.body
    const reason = errorText(error)
    this.#logger.error(`The queue did not take an update, which Telegram sends again: ${reason}`)
    return failed
  }
}

/** Returns the JSON text of a body, to be stored as it came; `undefined` for what a parser made. */
function jsonOf(body: Uint8Array | string | object): string | undefined {
  if (body instanceof Uint8Array) return decodeJson(body)
  if (typeof body !== "string") return undefined
  const json = body.startsWith("\uFEFF") ? body.slice(1) : body
  return json.isWellFormed() ? json : undefined
}
