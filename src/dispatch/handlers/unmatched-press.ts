import type { Handling } from "../context/handling.js"
import type { HandlerEntry } from "./handler-entry.js"
import type { HandlerPlan } from "./handler-plan.js"

/** The members of an `UpdateRun` that tell whether a press has reached a handler. */
interface PressRun {
  readonly handling: Pick<Handling, "type">
  /** The handler that was called last. */
  readonly handler: HandlerEntry | undefined
  readonly hasReachedHandler: boolean
  readonly error: unknown
  readonly plan: Pick<HandlerPlan, "types">
}

/** Returns whether a press has reached no handler, in a program with handlers of presses. */
export function isUnmatchedPress({ handling, hasReachedHandler, plan }: PressRun): boolean {
  return handling.type === "callback_query" && !hasReachedHandler && handlesPresses(plan)
}

/**
 * Returns whether a press was not handled by a middleware alone: another library behind a middleware may make its
 * own calls.
 */
export function isAnswerable(run: PressRun): boolean {
  if (isUnmatchedPress(run) || run.handler?.types?.includes("callback_query")) return true
  return run.error !== undefined && handlesPresses(run.plan)
}

function handlesPresses({ types }: PressRun["plan"]): boolean {
  return types.named.has("callback_query")
}
