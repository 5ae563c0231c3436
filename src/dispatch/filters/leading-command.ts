import type { Message, MessageEntity } from "../../telegram/types.js"

/** A command at the beginning of a message. */
export interface LeadingCommand {
  /** The whole text, or the whole caption. */
  readonly text: string
  /** The index in `text` after the command. */
  readonly end: number
  /** Whether `text` is a caption. */
  readonly isCaption: boolean
}

/**
 * Returns the command at the beginning of a message's text or caption; `undefined` if there is none. All
 * entities are checked, not only the first: of entities with the same offset, Telegram lists the longest first,
 * such as a quote that contains the command.
 */
export function leadingCommand(message: Message | undefined): LeadingCommand | undefined {
  if (!message) return undefined
  const { text, entities, caption, caption_entities } = message
  return (
    (entities && commandOf(text, entities, false)) ??
    (caption_entities && commandOf(caption, caption_entities, true))
  )
}

/**
 * Returns the command of a text. Checks all types, because an update of an unexpected shape must not
 * throw.
 */
function commandOf(
  text: unknown,
  entities: readonly (MessageEntity | null)[],
  isCaption: boolean,
): LeadingCommand | undefined {
  if (typeof text !== "string" || !Array.isArray(entities)) return undefined
  for (const entity of entities) {
    if (entity?.type === "bot_command" && entity.offset === 0) {
      return { text, end: entity.length, isCaption }
    }
  }
  return undefined
}
