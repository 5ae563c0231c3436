import type { Advice } from "../../ground/advice.js"
import type { UpdateType } from "../../telegram/api.js"
import { optInUpdateTypes } from "../../telegram/update-types.js"
import { typesOf } from "../filters/filter.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"
import type { PlacedEntry } from "../handlers/handler-plan.js"

/** The maximum length of a button's data, in bytes. */
const longestData = 64

/** Logs handlers that no update can reach. */
export function adviseOnHandlers(placed: readonly PlacedEntry[], advice: Advice): void {
  for (const [index, { entry, group }] of placed.entries()) {
    const name = nameOf(entry)
    if (isImpossible(entry)) {
      advice.tell(`${name} never runs: no update is all that its filters ask for`)
      continue
    }
    const earlier = placed.slice(0, index).filter((other) => other.group === group)
    const hiding = earlier.find((other) => hides(other.entry, entry))
    if (hiding === undefined) continue
    advice.tell(
      `${name} never runs: ${nameOf(hiding.entry, "the handler")} is registered before it, gets the same ` +
        "updates and passes none on. Register it later, or call `next()` in it",
    )
  }
}

/** Logs the update types that handlers need and that `allowedUpdates` excludes. */
export function adviseOnTypes(
  placed: readonly PlacedEntry[],
  allowed: readonly UpdateType[],
  advice: Advice,
): void {
  const isSent = (type: UpdateType) =>
    allowed.length === 0 ? !optInUpdateTypes.includes(type) : allowed.includes(type)
  for (const { entry } of placed) {
    const missing = (entry.types ?? []).filter((type) => !isSent(type))
    if (missing.length === 0) continue
    advice.tell(
      `${nameOf(entry)} wants ${missing.join(", ")}, which \`allowedUpdates\` keeps out: Telegram sends ` +
        "none. Add it, or leave `allowedUpdates` out",
    )
  }
}

function isImpossible({ types, accepts, keys }: HandlerEntry): boolean {
  if (types?.length === 0) return true
  const ofFilter = accepts && typesOf(accepts)
  if (ofFilter && types && !types.some((type) => ofFilter.includes(type))) return true
  return types?.includes("callback_query") === true && keys?.every(isTooLong) === true
}

function isTooLong(data: string): boolean {
  return new TextEncoder().encode(data).length > longestData
}

/** Returns whether a handler gets every update of a later handler of its group, and never calls `next`. */
function hides(first: HandlerEntry, later: HandlerEntry): boolean {
  if (first.accepts || first.matchPattern || mayPassOn(first)) return false
  const hasTypes =
    !first.types || (later.types?.every((type) => first.types?.includes(type)) ?? false)
  if (!hasTypes) return false
  return !first.keys || (later.keys?.every((key) => first.keys?.includes(key)) ?? false)
}

function mayPassOn({ handler }: HandlerEntry): boolean {
  return (
    handler.length > 1 || /\.\.\.|\barguments\b/.test(Function.prototype.toString.call(handler))
  )
}

/** Describes a handler by its keys and the line that registered it. */
function nameOf({ types, keys, place }: HandlerEntry, article = "The handler"): string {
  const isPress = types?.includes("callback_query")
  const what = keys?.map((key) => (isPress ? JSON.stringify(key) : `/${key}`)).join(", ")
  const line = place?.line
  return `${article}${what ? ` of ${what}` : ""}${line ? ` at ${line}` : ""}`
}
