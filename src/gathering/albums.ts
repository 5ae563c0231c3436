import type { MessageWith } from "../dispatch/filters/has.js"
import type { Router } from "../dispatch/handlers/router.js"
import { expectDurationMs, type OptionNames } from "../ground/expect-option.js"
import type { Removable } from "../ground/removable.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { Message } from "../telegram/types.js"
import { messageText } from "../text/message-text.js"
import {
  gatheringForm,
  type GatheredContext,
  type GatheredParts,
  type Gatherer,
  handleGathering,
  quietMsOf,
  type TypedGatheringOptions,
  typedOptionNames,
  waitAfterGaps,
} from "./gatherer.js"
import type { PartType } from "./gathering-form.js"
import { chatKey } from "./sender-key.js"

/** A message of an album. */
export type AlbumMessage = MessageWith<"media_group_id">

/** The values on the context of an album's handler. */
export interface AlbumValues {
  /** The caption of the first part that has one, with its formatting; `undefined` for none. */
  readonly caption: FormattedText | undefined
}

/** The options of {@link albums}. */
export interface AlbumOptions<T extends PartType = PartType> extends TypedGatheringOptions<T> {
  /**
   * The wait for the second part, in milliseconds. The wait can be long, because an album has at least two parts.
   * Default: 15,000.
   */
  readonly firstQuietMs?: number
  /** The time for which `late` knows a handled album, in milliseconds. Default: an hour. */
  readonly lateMs?: number
}

const optionNames: OptionNames<AlbumOptions> = {
  ...typedOptionNames,
  firstQuietMs: true,
  lateMs: true,
}

/** The options of {@link Albums.handle}. */
export interface AlbumHandlerOptions<T extends PartType, Extra extends object> {
  /**
   * Handles parts that come after the end of their album; they are gathered as well. `ctx.parts` are the late parts,
   * and `ctx.handled` the parts that were handled before. Default: late parts are an album of their own.
   */
  readonly late?: (
    ctx: GatheredContext<AlbumMessage, AlbumValues, T, Extra> & {
      readonly handled: GatheredParts<AlbumMessage, T>["parts"]
    },
  ) => unknown
}

/** A definition of albums. */
export interface Albums<T extends PartType = "message"> extends Gatherer<
  AlbumMessage,
  AlbumValues,
  T
> {
  /** Registers the handler of albums, and a handler of late parts. */
  handle<Extra extends object>(
    router: Router<Extra>,
    handler: (ctx: GatheredContext<AlbumMessage, AlbumValues, T, Extra>) => unknown,
    options?: AlbumHandlerOptions<T, Extra>,
  ): Removable
}

/** The largest number of parts of an album, by Telegram's rule. */
const maxParts = 10

/**
 * Defines albums: media that Telegram delivers as one update each, with the same `media_group_id`. The handler gets
 * all parts at once.
 *
 * Telegram does not say how many parts an album has. The tenth part is the last one. Before it, the wait for a
 * further part is `firstQuietMs` after the first part, and then `quietMs`, or twice the longest gap between two
 * parts if that is longer.
 *
 * @throws TypeError for a wrong option
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { albums } from "sounder/gathering"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * albums().handle(dispatcher, (ctx) =>
 *   ctx.reply(`${ctx.parts.length} files: ${ctx.caption?.text ?? "no caption"}`),
 * )
 * ```
 * @see docs/guides/gathering.md
 */
export function albums<T extends PartType = "message">(options: AlbumOptions<T> = {}): Albums<T> {
  const quietMs = quietMsOf(options, "albums({ quietMs })", optionNames)
  const firstQuietMs = expectDurationMs("firstQuietMs", options.firstQuietMs ?? 15_000)
  const lateMs = expectDurationMs("lateMs", options.lateMs ?? 3_600_000)
  const form = gatheringForm("album", options, {
    keyOf: (ctx, { media_group_id: id }) => (id === undefined ? id : `${chatKey(ctx)}:${id}`),
    begins: () => true,
    joins: () => true,
    waitMs: ({ messages, longestGapMs, isLate }) =>
      messages.length === 1 && !isLate
        ? Math.max(firstQuietMs, quietMs)
        : waitAfterGaps(quietMs, longestGapMs),
    valuesOf: (messages) => ({ caption: captionOf(messages) }),
    maxParts,
  })
  return {
    name: form.name,
    handle: (router, handler, { late } = {}) =>
      handleGathering({ ...form, lateMs: late ? lateMs : 0 }, router, handler, late),
  }
}

function captionOf(messages: readonly Message[]): FormattedText | undefined {
  const captioned = messages.find(({ caption }) => caption !== undefined)
  return captioned && messageText(captioned)
}
