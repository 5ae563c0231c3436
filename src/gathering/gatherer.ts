import type { Context } from "../dispatch/context/context.js"
import type { Filter } from "../dispatch/filters/filter.js"
import type { MessageOf, UpdateOfAny } from "../dispatch/context/narrowed.js"
import type { Router } from "../dispatch/handlers/router.js"
import {
  expectDurationMs,
  expectOptionsObject,
  expectText,
  type OptionNames,
  unexpectedOption,
} from "../ground/expect-option.js"
import type { Removable } from "../ground/removable.js"
import type { Message } from "../telegram/types.js"
import type { GatheringForm, PartType } from "./gathering-form.js"
import { mountGathering } from "./mounted-gathering.js"

/** The options that all kinds of gatherings have. */
export interface GatheringOptions {
  /**
   * The name, which is stored with each gathering and must not change. Two gatherings of one kind in one bot need
   * different names. Default: the kind, such as `"album"`.
   */
  readonly name?: string
  /** The shortest wait for a further part, in milliseconds. Default: 1,500. */
  readonly quietMs?: number
  /** The longest time from the first part to the last one, in milliseconds. Default: 300,000. */
  readonly maxMs?: number
}

/** The names of {@link GatheringOptions}. */
export const gatheringOptionNames: OptionNames<GatheringOptions> = {
  name: true,
  quietMs: true,
  maxMs: true,
}

/** The options of gatherings of several update types. */
export interface TypedGatheringOptions<T extends PartType> extends GatheringOptions {
  /** The update types, as in `["message", "channel_post"]`. Default: `["message"]`. */
  readonly types?: readonly T[]
  /** A further condition of each part. Default: none. */
  readonly filter?: Filter
}

/** The names of {@link TypedGatheringOptions}. */
export const typedOptionNames: OptionNames<TypedGatheringOptions<PartType>> = {
  ...gatheringOptionNames,
  types: true,
  filter: true,
}

/**
 * The context of a gathering's handler: the context of the first part, with all parts. The handled update is an own
 * update: error handlers and middlewares get the context of that own update.
 */
export type GatheredContext<
  M extends Message = Message,
  Values extends object = {},
  T extends PartType = "message",
  Extra extends object = {},
> = Context<UpdateOfAny<T> & { [K in T]?: M }> & Extra & Values & GatheredParts<M, T>

/** The parts on the context of a gathering's handler. */
export interface GatheredParts<M extends Message = Message, T extends PartType = "message"> {
  /** The messages, in the order of their ids, each as it was last edited. At least one. */
  readonly parts: readonly (M & NonNullable<MessageOf<UpdateOfAny<T>>>)[]
}

/** A definition of gatherings: messages that one handler gets together. */
export interface Gatherer<
  M extends Message = Message,
  Values extends object = {},
  T extends PartType = "message",
> {
  /** The name. */
  readonly name: string
  /**
   * Registers the handler. Parts reach no handler that is registered later. If the handler fails, the gathering
   * is retried with all parts, and set aside, like any update.
   */
  handle<Extra extends object>(
    router: Router<Extra>,
    handler: (ctx: GatheredContext<M, Values, T, Extra>) => unknown,
  ): Removable
}

/** The kind-specific part of a {@link GatheringForm}. */
export type GatheringKind = Pick<
  GatheringForm,
  "keyOf" | "begins" | "joins" | "waitMs" | "valuesOf" | "maxParts"
>

/** The shortest wait, if the options name none, in milliseconds. */
const defaultQuietMs = 1_500
const defaultMaxMs = 300_000
/** The longest wait that is computed from the gaps between the parts, in milliseconds. */
const maxGapWaitMs = 30_000

/**
 * Returns the shortest wait that the options name, in milliseconds. Throws a `TypeError` for a wrong option.
 *
 * @param example a call with options, for the error
 * @param names the names of the options
 */
export function quietMsOf(
  options: GatheringOptions,
  example: string,
  names: Readonly<Record<string, true>>,
): number {
  expectOptionsObject(options, example, names)
  return expectDurationMs("quietMs", options.quietMs ?? defaultQuietMs)
}

/** Returns the wait after parts with these gaps: `quietMs`, or twice the longest gap if that is longer. */
export function waitAfterGaps(quietMs: number, longestGapMs: number): number {
  return Math.max(quietMs, Math.min(2 * longestGapMs, maxGapWaitMs))
}

/** Returns the form of gatherings. Throws a `TypeError` for a wrong option. */
export function gatheringForm(
  kind: string,
  options: TypedGatheringOptions<PartType>,
  rules: GatheringKind,
): GatheringForm {
  const { name = kind, types = ["message"], filter, maxMs = defaultMaxMs } = options
  if (filter !== undefined && typeof filter !== "function") {
    unexpectedOption("filter", "a function", filter)
  }
  return {
    ...rules,
    ...{ name: expectText("name", name), types: expectTypes(types), filter, lateMs: 0 },
    maxMs: expectDurationMs("maxMs", maxMs),
  }
}

/** Mounts a handler of gatherings on a router. Throws a `TypeError` for a handler that is not a function. */
export function handleGathering(
  form: GatheringForm,
  router: unknown,
  handler: unknown,
  late?: unknown,
): Removable {
  if (typeof handler !== "function") unexpectedOption("handler", "a function", handler)
  if (late !== undefined && typeof late !== "function") unexpectedOption("late", "a function", late)
  // The handlers get contexts of the gathering's update types.
  const handlers = { handler, late } as Parameters<typeof mountGathering>[2]
  return mountGathering(form, router as Router, handlers)
}

function expectTypes(types: readonly PartType[]): readonly PartType[] {
  const known: readonly string[] = ["message", "channel_post", "business_message"]
  const isKnown = Array.isArray(types) && types.every((type) => known.includes(type))
  if (isKnown && types.length > 0) return types
  return unexpectedOption("types", `a list of ${known.join(", ")}`, types)
}
