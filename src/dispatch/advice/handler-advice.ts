import type { AdviceLog } from "../../ground/advice-log.js"
import type { UpdateType } from "../../telegram/api.js"
import { optInUpdateTypes } from "../../telegram/update-types.js"
import { typesOf } from "../filters/filter.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"
import type { PlacedEntry } from "../handlers/handler-plan.js"

/** The maximum number of bytes of a button's `callback_data`. */
const maxDataBytes = 64

/** Logs the handlers that no update can reach. */
export function adviseOnHandlers(placed: readonly PlacedEntry[], advice: AdviceLog): void {
  for (const [index, { entry, group }] of placed.entries()) {
    const name = nameOf(entry)
    if (isImpossible(entry)) {
      advice.warnOnce(`${name} never runs: no update can match all its filters`)
      continue
    }
    const earlier = placed.slice(0, index).filter((other) => other.group === group)
    const hiding = earlier.find((other) => hides(other.entry, entry))
    if (hiding === undefined) continue
    advice.warnOnce(
      `${name} never runs: ${nameOf(hiding.entry, "the handler")} is registered before it, matches the same ` +
        "updates and does not call `next()`. Register it later, or call `next()` in it",
    )
  }
}

/**
 * Logs the handlers of update types that `allowed_updates` excludes, so that Telegram never sends them.
 */
export function adviseOnTypes(
  placed: readonly PlacedEntry[],
  allowed: readonly UpdateType[],
  advice: AdviceLog,
): void {
  const isSent = (type: UpdateType) =>
    allowed.length === 0 ? !optInUpdateTypes.includes(type) : allowed.includes(type)
  for (const { entry } of placed) {
    const missing = (entry.types ?? []).filter((type) => !isSent(type))
    if (missing.length === 0) continue
    advice.warnOnce(
      `${nameOf(entry)} handles ${missing.join(", ")}, which \`allowedUpdates\` excludes: Telegram sends no ` +
        "such update. Add the type, or remove `allowedUpdates`",
    )
  }
}

function isImpossible({ types, accepts, keys }: HandlerEntry): boolean {
  if (types?.length === 0) return true
  const filterTypes = accepts && typesOf(accepts)
  if (filterTypes && types && !types.some((type) => filterTypes.includes(type))) return true
  return types?.includes("callback_query") === true && keys?.every(isTooLong) === true
}

function isTooLong(data: string): boolean {
  return new TextEncoder().encode(data).length > maxDataBytes
}

/**
 * Returns whether a handler matches every update that a later handler of the same group matches, and never
 * calls `next()`.
 */
function hides(first: HandlerEntry, later: HandlerEntry): boolean {
  if (first.accepts || first.matchPattern || mayCallNext(first)) return false
  const hasTypes =
    !first.types || (later.types?.every((type) => first.types?.includes(type)) ?? false)
  if (!hasTypes) return false
  return !first.keys || (later.keys?.every((key) => first.keys?.includes(key)) ?? false)
}

/**
 * Returns whether a handler can call `next()`: it has a second parameter, rest parameters or `arguments`.
 */
function mayCallNext({ handler }: HandlerEntry): boolean {
  return (
    handler.length > 1 || /\.\.\.|\barguments\b/.test(Function.prototype.toString.call(handler))
  )
}

/** Returns `subject`, followed by the handler's commands or callback data and the line that registered it. */
function nameOf({ types, keys, place }: HandlerEntry, subject = "The handler"): string {
  const isPress = types?.includes("callback_query")
  const keyList = keys?.map((key) => (isPress ? JSON.stringify(key) : `/${key}`)).join(", ")
  const line = place?.line
  return `${subject}${keyList ? ` of ${keyList}` : ""}${line ? ` at ${line}` : ""}`
}
