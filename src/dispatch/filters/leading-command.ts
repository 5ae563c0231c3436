import type { Message, MessageEntity } from "../../telegram/types.js"

/** A command at the beginning of a message. */
export interface LeadingCommand {
  readonly text: string
  /** Where the command ends in the text. */
  readonly end: number
  readonly isCaption: boolean
}

/**
 * Returns the command that a message's text or caption begins with; `undefined` where it begins with
 * none. Entities that begin at one place come longest first: a quote around a command precedes it.
 */
export function leadingCommand(message: Message | undefined): LeadingCommand | undefined {
  if (!message) return undefined
  const { text, entities, caption, caption_entities } = message
  return (
    (entities && commandOf(text, entities, false)) ??
    (caption_entities && commandOf(caption, caption_entities, true))
  )
}

/** No field has been checked, and a message of another shape must not throw. */
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
