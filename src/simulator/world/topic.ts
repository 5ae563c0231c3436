/** A topic of a forum. */
export interface Topic {
  /** The `message_thread_id`: the id of the message that says it was created. */
  readonly id: number
  /** What people see. */
  readonly name: string
  /** One of six, as Telegram numbers them: RGB. */
  readonly iconColor: number
  /** The emoji that is its icon, where it has one. */
  readonly iconCustomEmojiId?: string
  /** Whether nobody can write in it. */
  readonly isClosed: boolean
}

/** The colours that icons of topics can have. */
export const iconColors: readonly number[] = [
  7322096, 16766590, 13338331, 9367192, 16749490, 16478047,
]
