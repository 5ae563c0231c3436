/**
 * One running way of receiving updates. It ends in two steps, so that what is being handled when
 * the process stops can still be acknowledged: {@link Intake.stopIntake}, then the drain of the
 * dispatcher, then {@link Intake.finish}.
 */
export interface Intake {
  /**
   * Puts no further update into the queue. What is already there is still acknowledged to Telegram
   * as its `put` settles. Resolves at once when called again.
   */
  stopIntake(): Promise<void>
  /**
   * For after the drain: confirms or answers what is held and closes. Stops the intake first where
   * that has not been done. Resolves when nothing is left open; resolves the same when called again.
   */
  finish(): Promise<void>
  /**
   * Rejects when receiving has ended by itself, as when Telegram no longer knows the token.
   * Resolves after {@link Intake.finish}, never before it. A rejection that nobody waits for does
   * not end the process.
   */
  readonly ended: Promise<void>
}
