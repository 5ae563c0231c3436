import type { MessageFilter } from "../dispatch/filters/filter.js"
import { expectInteger, unexpectedOption, type OptionNames } from "../ground/expect-option.js"
import type { Message } from "../telegram/types.js"
import {
  gatheringForm,
  type Gatherer,
  type GatheringOptions,
  gatheringOptionNames,
  handleGathering,
  quietMsOf,
} from "./gatherer.js"
import { isCommand, senderKey } from "./sender-key.js"

/** The options of {@link bursts}. */
export interface BurstOptions extends GatheringOptions {
  /** The largest number of parts. Default: 100. */
  readonly maxParts?: number
}

const optionNames: OptionNames<BurstOptions> = {
  ...gatheringOptionNames,
  maxParts: true,
}

/**
 * Defines bursts: messages that one person sends one right after the other, such as a selection of forwarded
 * messages, or several files. The handler gets them at once. Commands do not wait.
 *
 * @param filter a condition of each part
 * @throws TypeError for a wrong filter or option
 * @example
 * ```ts
 * import { filters, Updater } from "sounder"
 * import { bursts } from "sounder/gathering"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * bursts(filters.forwarded).handle(dispatcher, (ctx) =>
 *   ctx.reply(`${ctx.parts.length} forwarded messages`),
 * )
 * ```
 * @see docs/guides/gathering.md
 */
export function bursts<M extends Message>(
  filter: MessageFilter<M>,
  options: BurstOptions = {},
): Gatherer<M> {
  if (typeof filter !== "function") unexpectedOption("filter", "a function", filter)
  const quietMs = quietMsOf(options, "bursts(filter, { quietMs })", optionNames)
  // A date has whole seconds.
  const maxSecondsBetween = Math.ceil(quietMs / 1_000) + 1
  const form = gatheringForm(
    "burst",
    { ...options, types: ["message"], filter },
    {
      keyOf: (ctx, message) => (isCommand(message) ? undefined : senderKey(ctx)),
      begins: () => true,
      joins: ({ date }, parts) => {
        const dates = parts.map((part) => part.date)
        return dates.some((other) => Math.abs(date - other) <= maxSecondsBetween)
      },
      waitMs: () => quietMs,
      valuesOf: () => ({}),
      maxParts: expectInteger("maxParts", options.maxParts ?? 100, 1, 1_000),
    },
  )
  return {
    name: form.name,
    handle: (router, handler) => handleGathering(form, router, handler),
  }
}
