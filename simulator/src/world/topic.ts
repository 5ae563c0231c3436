/** A topic of a forum. */
export interface Topic {
  /** The `message_thread_id`: the id of the service message that created the topic. */
  readonly id: number
  /** The title. */
  readonly name: string
  /** The colour as an RGB number, one of Telegram's six. */
  readonly iconColor: number
  /** The custom emoji of the icon, if any. */
  readonly iconCustomEmojiId?: string
  /** Whether only members with the right to manage topics can write in the topic. */
  readonly isClosed: boolean
  /** Whether the topic is hidden; only the general one can be. */
  readonly isHidden?: boolean
}

/** The id of the general topic, which every forum has. Its messages carry no id. */
export const generalTopicId = 1

/** Returns the general topic in its initial state. */
export function generalTopic(): Topic {
  const iconColor = iconColors[0] ?? 0
  return { id: generalTopicId, name: "General", iconColor, isClosed: false, isHidden: false }
}

/** The colours of topic icons. */
export const iconColors: readonly number[] = [
  7322096, 16766590, 13338331, 9367192, 16749490, 16478047,
]
