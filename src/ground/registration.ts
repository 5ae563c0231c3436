/** The registration of a handler, a mounted router or a hook. */
export interface Registration {
  /**
   * Removes the registered function or router. Updates and calls that have begun still reach it. A second
   * call does nothing.
   */
  remove(): void
}
