import type { Failure } from "../handlers/failure-rule.js"

/** What a handling has come to, and how it is told to end. */
export interface WorkRun {
  /** Whether it ended with its work undone. */
  readonly isInterrupted: boolean
  /** What follows where a handler has failed. */
  readonly failure: Failure | undefined
  /** The value that the handler threw. */
  readonly thrown: unknown
  /** Tells the handlers to end. */
  abort(reason: Error): void
}

/** The handling of one delivery. */
export interface Work {
  /** Resolves, and never rejects, when the handling has ended. */
  readonly ended: Promise<void>
  readonly run: WorkRun
}

const ended = Promise.resolve()

/** The handling of a delivery that no handler is given: it is done, or fails with an error. */
export function noWork(failure?: Failure, thrown?: unknown): Work {
  return { ended, run: { isInterrupted: false, failure, thrown, abort() {} } }
}
