import type { Bot, CallOptions } from "../bot/index.js"
import type { Handling } from "../dispatch/context/handling.js"
import { messageMethods } from "../dispatch/context/message-methods.js"
import { fillIn, type SendTarget, sendTargetOf } from "../dispatch/context/message-target.js"
import { ApiError } from "../telegram/errors.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { Message } from "../telegram/types.js"
import type { AnswerNotes, AnswerRecord } from "./answer-notes.js"
import type { StreamMessage } from "./stream-options.js"

/** A part of an answer, as one message shows it. */
export interface AnswerPart {
  readonly text: FormattedText
  /** The place of the part within the answer, from 0. */
  readonly index: number
  /** `"growing"` for a part to which text is added, `"last"` for the end of the answer. */
  readonly state: "growing" | "full" | "last"
}

/**
 * Makes a call with the rule for its purpose: a snapshot of a growing answer is tried once, a final text is
 * repeated.
 */
export type MakeCall = <T>(call: (options: CallOptions) => Promise<T>) => Promise<T>

/** The messages with an answer: each is sent once, and edited afterwards. */
export class AnswerMessages {
  readonly #handling: Handling
  readonly #notes: AnswerNotes
  readonly #options: StreamMessage
  readonly #messages: Message.TextMessage[]
  /** The parts that the messages show; `undefined` for a message of an earlier run. */
  readonly #shown: (AnswerPart | undefined)[]

  constructor(
    handling: Handling,
    {
      notes,
      record,
      options,
    }: {
      readonly notes: AnswerNotes
      readonly record: AnswerRecord
      readonly options: StreamMessage
    },
  ) {
    this.#handling = handling
    this.#notes = notes
    this.#options = options
    this.#messages = [...record.messages]
    this.#shown = record.messages.map(() => undefined)
  }

  /** The chat, topic and business account of the answer. Throws a `TypeError` if the update has no chat. */
  get target(): SendTarget {
    return this.#paramsFor(this.#options)
  }

  /** The messages, in their order. */
  get all(): readonly Message.TextMessage[] {
    return this.#messages
  }

  /** Shows a part: sends its message, or edits the message if it shows another text. */
  async show(part: AnswerPart, make: MakeCall): Promise<void> {
    const shown = this.#shown[part.index]
    if (shown && isSame(shown, part)) return
    const message = this.#messages[part.index]
    if (!message || !(await this.#edit(message, part, make))) await this.#send(part, make)
    this.#shown[part.index] = part
  }

  /** Deletes the messages after the first ones. A message that Telegram no longer deletes stays. */
  async deleteAfter(count: number, make: MakeCall): Promise<void> {
    while (this.#messages.length > count) {
      const message = this.#messages.at(-1)
      if (message) {
        await make((call) => messageMethods(this.#handling, message).delete(call)).catch(
          rethrowUnlessRefused,
        )
      }
      this.#messages.pop()
      this.#shown.pop()
      await this.#notes.write({ messages: this.#messages })
    }
  }

  async #send(part: AnswerPart, make: MakeCall): Promise<void> {
    const { reply_parameters, message_effect_id, reply_markup, ...rest } = this.#options
    const isFirst = part.index === 0
    // Only a message that is sent can have a keyboard other than an inline one.
    const isInline = reply_markup !== undefined && "inline_keyboard" in reply_markup
    const params = {
      ...this.#paramsFor({
        ...rest,
        ...(isFirst && { reply_parameters, message_effect_id }),
        ...((isInline ? part.state === "last" : isFirst) && { reply_markup }),
      }),
      ...(part.state === "growing" && withoutPreview),
      text: part.text,
    }
    const sent = await make((call) => this.#bot.sendMessage(params, call))
    this.#messages[part.index] = sent
    await this.#notes.write({ messages: this.#messages })
  }

  /** Edits a message. Resolves with false if the message is gone. */
  async #edit(
    { chat, message_id }: Message.TextMessage,
    part: AnswerPart,
    make: MakeCall,
  ): Promise<boolean> {
    const { link_preview_options, reply_markup } = this.#options
    const { business_connection_id: connection } = this.target
    const params = {
      ...{ chat_id: chat.id, message_id, text: part.text },
      ...(connection !== undefined && { business_connection_id: connection }),
      ...(link_preview_options && { link_preview_options }),
      ...(part.state === "growing" && withoutPreview),
      ...(part.state === "last" &&
        reply_markup !== undefined &&
        "inline_keyboard" in reply_markup && { reply_markup }),
    }
    try {
      const edited = await make((call) => this.#bot.editMessageText(params, call))
      // A message of a chat is never `true`, and a text stays a text.
      if (edited !== true) this.#messages[part.index] = edited as Message.TextMessage
      return true
    } catch (error) {
      if (isRefusal(error, /message is not modified/i)) return true
      if (isRefusal(error, goneReasons)) return false
      throw error
    }
  }

  #paramsFor(options: StreamMessage): SendTarget {
    const { update } = this.#handling
    return fillIn(update, options, () => sendTargetOf("stream", "sendMessage", update))
  }

  get #bot(): Bot {
    return this.#handling.bot
  }
}

/** Without link previews, because the preview of a link in a growing text would change with every snapshot. */
const withoutPreview = { link_preview_options: { is_disabled: true } } as const

const goneReasons = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i

function isSame(one: AnswerPart, other: AnswerPart): boolean {
  return (
    one.state === other.state &&
    one.text.text === other.text.text &&
    JSON.stringify(one.text.entities) === JSON.stringify(other.text.entities)
  )
}

function isRefusal(error: unknown, reason: RegExp): boolean {
  return error instanceof ApiError && error.errorCode === 400 && reason.test(error.description)
}

/** Throws an error again unless Telegram has refused the call for good. */
function rethrowUnlessRefused(error: unknown): void {
  if (!(error instanceof ApiError) || error.errorCode !== 400) throw error
}
