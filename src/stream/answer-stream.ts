import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { describeValue } from "../ground/expect-option.js"
import { sleep } from "../ground/sleep.js"
import type { CallOptions } from "../bot/index.js"
import type { Context } from "../dispatch/index.js"
import { withChatAction } from "../dispatch/context/chat-action.js"
import { handlingOf } from "../dispatch/context/context.js"
import { registerDraft } from "../dispatch/context/drafts.js"
import type { Handling } from "../dispatch/context/handling.js"
import { HandlerTimeout } from "../dispatch/handlers/handler-timeout.js"
import { Forbidden, RetryAfter } from "../telegram/errors.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { Message } from "../telegram/types.js"
import { messageText, split } from "../text/index.js"
import { AnswerMessages, type MakeCall } from "./answer-messages.js"
import { AnswerNotes, nextAnswerNumber } from "./answer-notes.js"
import { DraftView, draftIdOf, EditView, type GrowingView, noView } from "./growing-view.js"
import { showGrowing } from "./show-growing.js"
import { discard, type SourceEnd, SourceReader } from "./source-reader.js"
import type { StreamOptions, StreamSource, StreamView } from "./stream-options.js"

/** An answer that was streamed. */
export interface StreamedAnswer {
  /** The messages with the answer, in their order; none for an empty answer. */
  readonly messages: readonly Message.TextMessage[]
  /** The text that the source has given, without formatting. */
  readonly text: string
  /** Whether an update has stopped the answer before its end. */
  readonly isStopped: boolean
}

/** One answer of a handler, from its first piece to its last message. */
export class AnswerStream {
  readonly #ctx: Context
  readonly #handling: Handling
  readonly #source: StreamSource
  readonly #options: StreamOptions
  readonly #notes: AnswerNotes
  readonly #number: number
  /**
   * Aborts when the handler must end, but not when an update stops the answer: the running call is then
   * completed.
   */
  readonly #mustEnd = new AbortController()

  constructor(ctx: Context, source: StreamSource, options: StreamOptions) {
    this.#ctx = ctx
    this.#handling = handlingOf(ctx)
    this.#source = source
    this.#options = options
    this.#number = nextAnswerNumber(this.#handling)
    this.#notes = new AnswerNotes(this.#handling, this.#number)
  }

  /** Streams the answer, or resolves with the answer that an earlier run of the handler has sent. */
  async run(): Promise<StreamedAnswer> {
    const record = await this.#notes.read()
    if (record.answer) {
      discard(this.#source)
      this.#notes.forget()
      return { messages: record.messages, ...record.answer }
    }
    const options = this.#options.message ?? {}
    const messages = new AnswerMessages(this.#handling, { notes: this.#notes, record, options })
    // Throws before any call if the update has no chat.
    const { chat_id: chatId } = messages.target
    const draftId = draftIdOf(this.#handling.update.update_id, this.#number)
    const draft = registerDraft(this.#ctx, { chatId, draftId })
    const { signal } = this.#handling
    const forwardAbort = () => {
      if (!this.#handling.isInterrupted) this.#mustEnd.abort(signal.reason)
    }
    if (!signal.aborted) onAbort(signal, forwardAbort)
    try {
      return await this.#stream(messages, draftId)
    } finally {
      offAbort(signal, forwardAbort)
      draft.remove()
    }
  }

  async #stream(messages: AnswerMessages, draftId: number): Promise<StreamedAnswer> {
    const reader = new SourceReader(this.#source, this.#handling.signal)
    await this.#showGrowing({ reader, messages, draftId })
    // `showGrowing` resolves only after the source has ended.
    const ending = reader.ending as SourceEnd
    const { text } = reader
    const isStopped = ending.kind === "aborted" && this.#handling.isInterrupted
    if (ending.kind === "aborted" && !isStopped) {
      const { reason } = ending
      if (!(reason instanceof HandlerTimeout)) throw reason
      return this.#fail(messages, text, reason)
    }
    if (ending.kind === "failed") return this.#fail(messages, text, ending.error)
    const { onStop = "keep" } = this.#options
    const kept = isStopped
      ? textAfter("onStop", typeof onStop === "function" ? () => onStop(text) : onStop, text)
      : text
    await this.#finish(messages, this.#partsOf(kept, isStopped))
    await this.#notes.write({ messages: messages.all, answer: { text, isStopped } })
    this.#notes.forget()
    return { messages: [...messages.all], text, isStopped }
  }

  async #fail(messages: AnswerMessages, text: string, error: unknown): Promise<never> {
    if (error instanceof Forbidden) throw error
    const { onError = "keep" } = this.#options
    const kept = textAfter(
      "onError",
      typeof onError === "function" ? () => onError(text, error) : onError,
      text,
    )
    try {
      await this.#finish(messages, this.#partsOf(kept, true))
    } catch {
      // The error of the source is thrown below; the error of this attempt to send the rest is dropped.
    }
    throw error
  }

  /** Makes the messages show the answer, and no others. */
  async #finish(messages: AnswerMessages, parts: readonly FormattedText[]): Promise<void> {
    const make = this.#makeUntilAccepted
    for (const [index, text] of parts.entries()) {
      const state = index === parts.length - 1 ? "last" : "full"
      await messages.show({ text, index, state }, make)
    }
    await messages.deleteAfter(parts.length, make)
  }

  /** Makes a call, and waits as long as Telegram asks for, or until the handler must end. */
  readonly #makeUntilAccepted: MakeCall = async (call) => {
    // A handler that has exceeded its time can still send the text so far.
    const isLate = this.#mustEnd.signal.aborted
    const signal = isLate ? undefined : this.#mustEnd.signal
    for (;;) {
      try {
        return await call({ signal })
      } catch (error) {
        if (!(error instanceof RetryAfter) || isLate) throw error
        await sleep(error.retryAfter * 1_000, signal)
      }
    }
  }

  async #showGrowing({ reader, messages, draftId }: Shown): Promise<void> {
    const { view = defaultView(messages), paceMs, canStop = true, onStop } = this.#options
    const keep_on_stop = onStop !== "drop"
    const draft = { draft_id: draftId, can_stop: canStop, keep_on_stop }
    const views: Readonly<Record<StreamView, () => GrowingView>> = {
      drafts: () => new DraftView(this.#handling, messages, draft),
      edits: () => new EditView(messages),
      nothing: () => noView,
    }
    const growing = {
      ...{ reader, view, paceMs, signal: this.#mustEnd.signal },
      viewOf: (name: StreamView) => views[name](),
      partsOf: (text: string) => this.#partsOf(text, true),
    }
    if (view === "drafts") return showGrowing(growing)
    await this.#whileTyping(messages, () => showGrowing(growing))
  }

  #whileTyping(messages: AnswerMessages, work: () => Promise<void>): Promise<void> {
    const { chat_id, message_thread_id: thread, business_connection_id: account } = messages.target
    const params = {
      ...{ chat_id, action: "typing" as const },
      ...(thread !== undefined && { message_thread_id: thread }),
      ...(account !== undefined && { business_connection_id: account }),
    }
    const send = (call: CallOptions) => this.#handling.bot.sendChatAction(params, call)
    return withChatAction(send, work, this.#handling.signal)
  }

  #partsOf(text: string, partial: boolean): FormattedText[] {
    const { format } = this.#options
    if (!format) return split(text)
    const formatted = format(text, { partial })
    if (typeof formatted === "string") return split(formatted)
    // A program in JavaScript may return anything.
    const { text: shown } = (formatted ?? {}) as { readonly text?: unknown }
    if (typeof shown !== "string") wrongText("format", formatted)
    return split(messageText(formatted))
  }
}

/** A growing answer and where it is shown. */
interface Shown {
  readonly reader: SourceReader
  readonly messages: AnswerMessages
  readonly draftId: number
}

/** Returns the text to send after a stop or an error, by the rule of an option. */
function textAfter(name: string, rule: "keep" | "drop" | (() => unknown), text: string): string {
  if (rule === "keep") return text
  if (rule === "drop") return ""
  const kept = rule()
  return typeof kept === "string" ? kept : wrongText(name, kept)
}

function wrongText(name: string, value: unknown): never {
  throw new TypeError(`Expected \`${name}\` to return a text, got ${describeValue(value)}.`)
}

/** Returns the view for the chat of an answer. The ids of users are positive, those of groups negative. */
function defaultView({ target }: AnswerMessages): StreamView {
  if (target.ephemeral_message_parameters) return "nothing"
  const isPrivate = target.chat_id > 0
  const isOwn =
    target.business_connection_id === undefined && target.direct_messages_topic_id === undefined
  return isPrivate && isOwn ? "drafts" : "edits"
}
