/** A topic of a forum. */
export interface Topic {
  /** The `message_thread_id`: the id of the message that says it was created. */
  readonly id: number
  /** The title. */
  readonly name: string
  /** One of six, as Telegram numbers them: RGB. */
  readonly iconColor: number
  /** The emoji that is its icon, where it has one. */
  readonly iconCustomEmojiId?: string
  /** Whether only those can write in it who manage topics. */
  readonly isClosed: boolean
  /** Whether people do not see it; only the general one can be hidden. */
  readonly isHidden?: boolean
}

/** The number of the topic that every forum has. Its messages carry none. */
export const generalTopicId = 1

/** The topic that every forum has, at its beginning. */
export function generalTopic(): Topic {
  const iconColor = iconColors[0] ?? 0
  return { id: generalTopicId, name: "General", iconColor, isClosed: false, isHidden: false }
}

/** The colours that icons of topics can have. */
export const iconColors: readonly number[] = [
  7322096, 16766590, 13338331, 9367192, 16749490, 16478047,
]
