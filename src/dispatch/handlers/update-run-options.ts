import type { Handling } from "../context/handling.js"
import type { BackgroundWork } from "./background-work.js"
import type { ErrorReport } from "./error-report.js"
import type { FailureRule } from "./failure-rule.js"
import type { HandlerPlan } from "./handler-plan.js"
import type { ErrorScope } from "./scope.js"

/** Options of an `UpdateRun`. */
export interface UpdateRunOptions {
  readonly plan: HandlerPlan
  readonly handling: Handling
  readonly report: ErrorReport
  /**
   * The rule for failures; `undefined` for an update without a queue, which is done after any failure.
   */
  readonly rule: FailureRule | undefined
  /** The dispatcher's error handlers, for errors that no handler has thrown. */
  readonly root: ErrorScope
  /** The promises that outlive their update. */
  readonly background: BackgroundWork
}
