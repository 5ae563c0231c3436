import type { StopOptions } from "./stop-options.js"

/**
 * A running receiver of updates: polling or a webhook. An intake ends in two steps, so that updates that are being
 * handled during a stop can still be acknowledged: first {@link Intake.stopIntake}, then, after the drain of
 * the dispatcher, {@link Intake.finish}.
 */
export interface Intake {
  /**
   * Stops putting updates into the queue. Updates that were put are still acknowledged to Telegram when
   * their `put` resolves. A second call does nothing.
   *
   * @param options.deadlineMs milliseconds for which an intake waits for code of the program, such as a lock
   */
  stopIntake(options?: Pick<StopOptions, "deadlineMs">): Promise<void>
  /**
   * Acknowledges the last updates, and closes all connections. To be called after the drain of the
   * dispatcher; includes {@link Intake.stopIntake}. A second call returns the same result.
   */
  finish(): Promise<void>
  /**
   * Rejects if receiving ends without {@link Intake.stopIntake}, for example because Telegram no longer knows
   * the token. Otherwise resolves after {@link Intake.finish}. If the program does not handle the rejection,
   * the process keeps running.
   */
  readonly ended: Promise<void>
}
