/** The stored entry of a session, as one update sees the entry. */
export interface SessionEntry {
  /** The stored text; `undefined` for none. */
  readonly text: string | undefined
  /** The time from which the text counts as deleted, in milliseconds since 1970; `undefined` for never. */
  readonly expiresAt: number | undefined
  /**
   * Stores a text with the end of the update, or deletes the stored text. Returns false, and changes nothing,
   * if the update has changed the text since this entry was read.
   */
  set(text: string | undefined, expiresAt: number | undefined): boolean
}
