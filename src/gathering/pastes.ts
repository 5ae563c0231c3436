import type { MessageWith } from "../dispatch/filters/has.js"
import { expectInteger, type OptionNames } from "../ground/expect-option.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { Message } from "../telegram/types.js"
import { join } from "../text/fmt.js"
import { messageText } from "../text/message-text.js"
import {
  gatheringForm,
  type Gatherer,
  handleGathering,
  quietMsOf,
  type TypedGatheringOptions,
  typedOptionNames,
  waitAfterGaps,
} from "./gatherer.js"
import type { PartType } from "./gathering-form.js"
import { isCommand, senderKey } from "./sender-key.js"

/** A message of a paste. */
export type PasteMessage = MessageWith<"text">

/** The values on the context of a paste's handler. */
export interface PasteValues {
  /** The texts of all parts, joined without a separator, with their formatting. */
  readonly text: FormattedText
}

/** The options of {@link pastes}. */
export interface PasteOptions<T extends PartType = PartType> extends TypedGatheringOptions<T> {
  /**
   * The shortest text after which a further part can come, in UTF-16 code units. Clients cut at up to 4,096 units,
   * and earlier at a line or a word. Default: 3,400.
   */
  readonly minLength?: number
  /** The largest number of parts. Default: 50. */
  readonly maxParts?: number
}

const optionNames: OptionNames<PasteOptions> = {
  ...typedOptionNames,
  minLength: true,
  maxParts: true,
}

/** The longest time between the dates of two parts, in seconds: a client sends them one right after the other. */
const maxSecondsBetween = 5

/**
 * Defines pastes: long texts that a client cuts into several messages, because a message has at most 4,096
 * characters. The handler gets the whole text at once. Commands and texts shorter than `minLength` do not begin a
 * paste, so they do not wait.
 *
 * Parts carry no mark. A text belongs to a paste if it comes from the same sender in the same topic, within the
 * wait and within 5 s by the dates of the messages, after a text of at least `minLength`. A shorter text is the last
 * part. The wait is `quietMs`, or twice the longest gap between two parts if that is longer.
 *
 * @throws TypeError for a wrong option
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { pastes } from "sounder/gathering"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * pastes().handle(dispatcher, (ctx) => ctx.reply(`${ctx.text.text.length} characters`))
 * ```
 * @see docs/guides/gathering.md
 */
export function pastes<T extends PartType = "message">(
  options: PasteOptions<T> = {},
): Gatherer<PasteMessage, PasteValues, T> {
  const quietMs = quietMsOf(options, "pastes({ quietMs })", optionNames)
  const minLength = expectInteger("minLength", options.minLength ?? 3_400, 1, 4_096)
  const isLong = (message: Message | undefined) => (message?.text?.length ?? 0) >= minLength
  const form = gatheringForm("paste", options, {
    keyOf: (ctx, message) =>
      message.text === undefined || isCommand(message) ? undefined : senderKey(ctx),
    begins: isLong,
    joins: (message, parts) => {
      const before = parts.findLast(({ message_id: id }) => id < message.message_id)
      return isLong(before) && message.date - (before?.date ?? 0) <= maxSecondsBetween
    },
    waitMs: ({ messages, longestGapMs }) =>
      isLong(messages.at(-1)) ? waitAfterGaps(quietMs, longestGapMs) : 0,
    valuesOf: (messages) => ({ text: join(messages.map((message) => messageText(message))) }),
    maxParts: expectInteger("maxParts", options.maxParts ?? 50, 1, 1_000),
  })
  return {
    name: form.name,
    handle: (router, handler) => handleGathering(form, router, handler),
  }
}
