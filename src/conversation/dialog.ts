/** A conversation that another one can call. */
export interface CallableConversation<State extends string, Data extends object> {
  /** The name. */
  readonly name: string
  /** The names of the states. */
  readonly states: readonly State[]
  /** Returns the data of a new dialog. */
  initialData(): Data
}

/** The values that the handlers of a conversation have on their context. */
export interface DialogValues<State extends string, Data extends object> {
  /** The dialog. */
  readonly dialog: Dialog<State, Data>
}

/**
 * The dialog of a conversation that an update belongs to. Its changes are committed with the end of the update.
 * The functions of `entering` are called when the update's handlers have ended.
 */
export interface Dialog<State extends string = string, Data extends object = object> {
  /** The state; `undefined` if no dialog is open. */
  readonly state: State | undefined
  /**
   * The data. Changes in place are stored.
   *
   * @throws TypeError if no dialog is open
   */
  data: Data
  /** The time of the time-out; `undefined` for none. In a function of `timeout`, the time that has passed. */
  readonly dueAt: Date | undefined
  /**
   * Enters a state with new data: opens a dialog, or begins an open one again.
   *
   * @param data the members that differ from the initial data
   * @throws TypeError for an unknown state, and in an error handler
   */
  enter(state: State, data?: Partial<Data>): void
  /**
   * Enters another state, or the same state again. The data stay.
   *
   * @throws TypeError if no dialog is open, for an unknown state or a transition that `transitions` excludes,
   *   and in an error handler
   */
  to(state: State): void
  /**
   * Ends the dialog, and the dialogs that it has called. Does nothing if no dialog is open. In an error handler,
   * ends the whole dialog if the failed update is done.
   *
   * @param result the result for the conversation that has called this dialog
   */
  end(result?: unknown): void
  /**
   * Calls another conversation: its dialog gets the updates until it ends, and this dialog goes on with the
   * functions of `returned`.
   *
   * @throws TypeError as {@link to} does, and unless `returned` was called for that conversation
   */
  call<S extends string, D extends object>(
    conversation: CallableConversation<S, D>,
    state: NoInfer<S>,
    data?: Partial<D>,
  ): void
}
