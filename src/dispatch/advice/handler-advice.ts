import type { AdviceLog } from "../../ground/advice-log.js"
import type { UpdateType } from "../../telegram/api.js"
import { ownType, tickPrefix } from "../../telegram/own-update.js"
import { optInUpdateTypes } from "../../telegram/update-types.js"
import { typesOf } from "../filters/filter.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"
import type { PlacedEntry } from "../handlers/handler-plan.js"
import { textOfKey } from "../handlers/text-entry.js"
import { prefixOfKey, unmatchedKey } from "../handlers/press-key.js"
import { HidingHandlers } from "./hiding-handlers.js"

/** The maximum number of bytes of a button's `callback_data`. */
const maxDataBytes = 64

/** The maximum length of a message's text. */
const maxTextLength = 4_096

/**
 * Logs the handlers that no update can reach.
 *
 * @param before the handlers that are registered before these handlers, by group
 */
export function adviseOnHandlers(
  placed: readonly PlacedEntry[],
  advice: AdviceLog,
  before: ReadonlyMap<number, HidingHandlers> = new Map(),
): void {
  const groups = new Map<number, HidingHandlers>()
  for (const { entry, group, route } of placed) {
    // An update goes to one of these routers only, so that handlers of two routers never hide each other.
    if (route) {
      for (const plan of route.plans.values()) {
        const members = plan.entries.filter((member) => member.group === group)
        adviseOnHandlers(members, advice, groups)
      }
      continue
    }
    if (isImpossible(entry)) {
      advice.warnOnce(`${nameOf(entry)} never runs: no update can match all its filters`)
      continue
    }
    const earlier = groups.get(group) ?? new HidingHandlers(before.get(group))
    groups.set(group, earlier)
    const hiding = earlier.findOrAdd(entry)
    // A job has two handlers: of its ticks and of its runs. The warning about the handler of its runs is
    // enough.
    if (hiding === undefined || entry.keys?.every((key) => key.startsWith(tickPrefix))) continue
    advice.warnOnce(
      `${nameOf(entry)} never runs: ${nameOf(hiding, "the handler")} is registered before it, matches the same ` +
        "updates and does not call `next()`. Register that handler later, or call `next()` in it",
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
    // Own updates do not come from Telegram.
    const missing = (entry.types ?? []).filter(
      (type) => (type as string) !== ownType && !isSent(type),
    )
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
  if (types?.includes("callback_query") === true) return keys?.every(isTooLong) === true
  return keys?.every(isUnsendable) === true
}

/** Returns whether a key belongs to a text that no message can have: Telegram trims texts and limits them. */
function isUnsendable(key: string): boolean {
  const text = textOfKey(key)
  return text !== undefined && (text !== text.trim() || text.length > maxTextLength)
}

function isTooLong(data: string): boolean {
  return new TextEncoder().encode(data).length > maxDataBytes
}

/** Returns `subject`, followed by the handler's commands, callback data or events and the line that registered it. */
function nameOf({ types, keys, place }: HandlerEntry, subject = "The handler"): string {
  const isCommand = !types?.some(
    (type) => type === "callback_query" || (type as string) === ownType,
  )
  const shownKey = (key: string) => {
    const text = isCommand ? textOfKey(key) : (prefixOfKey(key) ?? key)
    return text === undefined ? `/${key}` : JSON.stringify(text)
  }
  const shown = keys?.filter((key) => key !== unmatchedKey)
  const keyList = shown && [...new Set(shown.map(shownKey))].join(", ")
  const line = place?.line
  return `${subject}${keyList ? ` of ${keyList}` : ""}${line ? ` at ${line}` : ""}`
}
