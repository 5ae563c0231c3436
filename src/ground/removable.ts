/** A registered handler or hook, or a mounted router, which can be removed. */
export interface Removable {
  /**
   * Removes the handler, hook or router. Updates and calls that have begun still reach it. A second call does
   * nothing.
   */
  remove(): void
}
