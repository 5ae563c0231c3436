/** The values that the handlers around a script have on their context. */
export interface ScriptDialogValues<Data extends object> {
  /** The dialog. */
  readonly dialog: ScriptDialog<Data>
}

/**
 * The dialog of a script that an update belongs to. Its changes are committed with the end of the update. The
 * script itself is begun when the update's handlers have ended.
 */
export interface ScriptDialog<Data extends object = object> {
  /** Whether a dialog is open. */
  readonly isOpen: boolean
  /**
   * The data with which the dialog was entered.
   *
   * @throws TypeError if no dialog is open
   */
  readonly data: Data
  /** The time of the current wait's time-out; `undefined` for none. */
  readonly dueAt: Date | undefined
  /**
   * Opens a dialog, or begins an open one again.
   *
   * @param data the members that differ from the initial data
   * @throws TypeError for an update without the key of the conversation, and in an error handler
   */
  enter(data?: Partial<Data>): void
  /**
   * Ends the dialog. Does nothing if none is open. In an error handler, ends the dialog if the failed update is
   * done.
   */
  end(): void
}
