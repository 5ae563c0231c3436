import type { Bot } from "../bot/index.js"
import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { errorText, isError } from "../ground/error-text.js"
import { ChatMigrated } from "../telegram/errors.js"
import type { UnsureRule } from "../telegram/promised-call.js"
import type { BroadcastCall, BroadcastFunction } from "./broadcast-options.js"
import { resultOf } from "./call-result.js"
import type { Journal, Recipient } from "./journal.js"
import { messageIdsOf } from "./message-ids.js"
import type { BroadcastEntry } from "./progress.js"
import type { ListReader } from "./recipient-list.js"
import type { ChatId } from "./stored-broadcast.js"
import type { UploadedFiles } from "./uploaded-files.js"

/** The wait before a call with an unknown outcome is repeated, in milliseconds. */
const unsureMs = 5_000

/** Options of a {@link RecipientCall}. */
export interface RecipientCallOptions {
  readonly bot: Bot
  readonly reader: ListReader
  readonly files: UploadedFiles
  readonly message: BroadcastFunction<unknown>
  readonly data: unknown
  readonly journal: Journal
  readonly rule: UnsureRule
  /** Whether the report has the ids of the messages. */
  readonly hasMessageIds: boolean
  /** Aborts when the slice is over. Calls that still wait for Telegram's limits are then put off. */
  readonly over: AbortSignal
  /** Called when the call begins. */
  readonly onBegin: () => void
}

/** The result of a call, for its slice. */
export interface SliceResult {
  /**
   * `"setback"` if the call failed for a reason other than its recipient, such as a limit or the network; `"failed"` if
   * the fault may be in the program.
   */
  readonly kind: "done" | "failed" | "setback"
  readonly reason?: string
  /** The wait that Telegram asks for, in milliseconds. */
  readonly delayMs: number
}

/** The call to one recipient. */
export class RecipientCall {
  readonly #recipient: Recipient
  readonly #options: RecipientCallOptions
  #hasBegun = false
  /** The error of the store; `undefined` for none. */
  #storeError: Error | undefined

  constructor(recipient: Recipient, options: RecipientCallOptions) {
    this.#recipient = recipient
    this.#options = options
  }

  /**
   * Makes the call, and records its outcome. Resolves with `undefined` if the slice was over before the call
   * could begin. Rejects if the store fails.
   */
  async run(): Promise<SliceResult | undefined> {
    const { journal } = this.#options
    const call = await this.#call()
    if ("reason" in call) return this.#refuse("failed", call.reason)
    if ("isOmitted" in call) {
      journal.end(this.#recipient, "omitted")
      return { kind: "done", delayMs: 0 }
    }
    try {
      const { chatId } = this.#recipient
      const ids = this.#idsIn(await this.#send(call, chatId))
      journal.end(this.#recipient, "sent", ids && { chatId, outcome: "sent", ...ids })
      return { kind: "done", delayMs: 0 }
    } catch (error) {
      if (error instanceof ChatMigrated) return this.#migrate(call, error.migrateToChatId)
      return this.#judge(error)
    }
  }

  /** Resolves with the call to make, or the reason why there is none. */
  async #call(): Promise<
    BroadcastCall | { readonly reason: string } | { readonly isOmitted: true }
  > {
    const { message, data } = this.#options
    const { chatId } = this.#recipient
    try {
      // A program in JavaScript may return anything.
      const call: unknown = await message({ chatId, data })
      if (call === undefined) return { isOmitted: true }
      if (isCall(call)) return call
      return { reason: "The function of the broadcast returned no `{ method, params }`" }
    } catch (error) {
      return { reason: errorText(error) }
    }
  }

  #send({ method, params }: BroadcastCall, chatId: ChatId): Promise<unknown> {
    const { bot, files, over } = this.#options
    return files.call({ ...params, chat_id: chatId }, async (complete) => {
      over.throwIfAborted()
      const waiting = new AbortController()
      const abort = () => waiting.abort(over.reason)
      onAbort(over, abort)
      const beforeSend = async () => {
        // A call that has begun is not aborted, because its outcome would be unknown.
        offAbort(over, abort)
        await this.#begin()
      }
      try {
        const options = { signal: waiting.signal, maxWaitMs: 0, bulk: { beforeSend } }
        return await bot.call(method, complete, options)
      } finally {
        offAbort(over, abort)
      }
    })
  }

  async #begin(): Promise<void> {
    const { journal, onBegin, over } = this.#options
    if (!this.#hasBegun) {
      over.throwIfAborted()
      this.#hasBegun = true
      const stored = journal.begin(this.#recipient)
      onBegin()
      await stored.catch((error: unknown) => {
        this.#storeError = isError(error) ? error : new Error(errorText(error))
        throw this.#storeError
      })
    }
  }

  /** Sends the message to the supergroup that a group has become, unless the supergroup is a recipient itself. */
  async #migrate(call: BroadcastCall, migratedTo: number): Promise<SliceResult | undefined> {
    const { journal, reader } = this.#options
    const { chatId } = this.#recipient
    const entry = { chatId, outcome: "migrated", migratedTo } as const
    try {
      if (await reader.includes(migratedTo)) journal.end(this.#recipient, "duplicates", entry)
      else {
        const ids = this.#idsIn(await this.#send(call, migratedTo))
        journal.counts.migrated += 1
        journal.end(this.#recipient, "sent", { ...entry, ...ids })
      }
      return { kind: "done", delayMs: 0 }
    } catch (error) {
      return this.#judge(error)
    }
  }

  /** Returns the ids of the messages that a call has sent; `undefined` if the report has none. */
  #idsIn(result: unknown): Pick<BroadcastEntry, "messageIds"> | undefined {
    return this.#options.hasMessageIds ? { messageIds: messageIdsOf(result) } : undefined
  }

  #judge(error: unknown): SliceResult | undefined {
    const { journal, over, rule } = this.#options
    if (this.#storeError !== undefined) throw this.#storeError
    if (over.aborted && error === over.reason) {
      journal.putOff(this.#recipient, 0)
      return undefined
    }
    const result = resultOf(error)
    if (result.kind === "refused") return this.#refuse(result.outcome, result.reason)
    if (result.kind === "not-sent") {
      const delayMs = result.delayMs
      journal.putOff(this.#recipient, Date.now() + delayMs)
      return { kind: "setback", delayMs, reason: result.reason }
    }
    const dueAt = Date.now() + unsureMs
    journal.endUnsure(this.#recipient, rule, { dueAt, reason: result.reason })
    return { kind: "setback", delayMs: 0, reason: result.reason }
  }

  #refuse(outcome: "blocked" | "gone" | "failed", reason: string): SliceResult {
    const { chatId } = this.#recipient
    this.#options.journal.end(this.#recipient, outcome, { chatId, outcome, reason })
    return { kind: outcome === "failed" ? "failed" : "done", reason, delayMs: 0 }
  }
}

function isCall(value: unknown): value is BroadcastCall {
  if (typeof value !== "object" || value === null) return false
  const { method, params } = value as Partial<Record<keyof BroadcastCall, unknown>>
  return typeof method === "string" && typeof params === "object" && params !== null
}
