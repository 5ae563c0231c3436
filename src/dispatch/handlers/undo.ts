import { isTickOrSlice, ownContent } from "../../telegram/own-update.js"
import type { Handling } from "../context/handling.js"
import type { ErrorReport } from "./error-report.js"
import { type Failure, putAgainMs } from "./failure-rule.js"
import type { UpdateContexts } from "./update-contexts.js"

/**
 * Rolls back the transaction of a handling, drops its writes, and calls `afterFailure`. Never rejects.
 *
 * A tick or a slice that is done without its writes is put again after a pause: otherwise its job or
 * broadcast would end. Its lane is free meanwhile.
 *
 * @param failure the consequence of the failure; `undefined` after an interrupt
 */
export async function undo(
  handling: Handling,
  contexts: UpdateContexts,
  report: ErrorReport,
  failure?: Failure,
): Promise<void> {
  const { update } = handling
  await report.runLogged("roll back the transaction", update, () => handling.rollBack())
  await report.runLogged("call `afterFailure`", update, async () => contexts.afterFailure())
  const own = isTickOrSlice(update) && ownContent(update)
  if (!own || (failure && failure.next !== "done")) return
  const dueAt = Date.now() + putAgainMs
  await report.runLogged("continue the job or broadcast", update, async () =>
    handling.writeAfterFailure(() => handling.state.put(own, { dueAt })),
  )
}
