import type { AdviceLog } from "../../ground/advice-log.js"
import type { UpdateType } from "../../telegram/api.js"
import { optInUpdateTypes } from "../../telegram/update-types.js"
import { typesOf } from "../filters/filter.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"
import type { PlacedEntry } from "../handlers/handler-plan.js"
import { HidingHandlers } from "./hiding-handlers.js"

/** The maximum number of bytes of a button's `callback_data`. */
const maxDataBytes = 64

/** Logs the handlers that no update can reach. */
export function adviseOnHandlers(placed: readonly PlacedEntry[], advice: AdviceLog): void {
  const groups = new Map<number, HidingHandlers>()
  for (const { entry, group } of placed) {
    if (isImpossible(entry)) {
      advice.warnOnce(`${nameOf(entry)} never runs: no update can match all its filters`)
      continue
    }
    const earlier = groups.get(group) ?? new HidingHandlers()
    groups.set(group, earlier)
    const hiding = earlier.findOrAdd(entry)
    if (hiding === undefined) continue
    advice.warnOnce(
      `${nameOf(entry)} never runs: ${nameOf(hiding, "the handler")} is registered before it, matches the same ` +
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

/** Returns `subject`, followed by the handler's commands or callback data and the line that registered it. */
function nameOf({ types, keys, place }: HandlerEntry, subject = "The handler"): string {
  const isPress = types?.includes("callback_query")
  const keyList = keys?.map((key) => (isPress ? JSON.stringify(key) : `/${key}`)).join(", ")
  const line = place?.line
  return `${subject}${keyList ? ` of ${keyList}` : ""}${line ? ` at ${line}` : ""}`
}
