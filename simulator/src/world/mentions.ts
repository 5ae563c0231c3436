import type { Message, MessageEntity, User } from "@grammyjs/types"

type Formatted = Pick<Partial<Message>, "entities" | "caption_entities">

/**
 * Puts people in the place of mentions by number; a mention of somebody unknown is none.
 *
 * @param userOf answers who has a number
 */
export function withMentions<T extends Formatted>(
  userOf: (id: number) => User | undefined,
  content: T,
): T {
  const { entities, caption_entities } = content
  if (!(entities ?? caption_entities ?? []).some(isMention)) return content
  const named = (list: readonly MessageEntity[]): MessageEntity[] =>
    list.flatMap((entity): MessageEntity[] => {
      if (entity.type !== "text_mention") return [entity]
      const user = userOf(entity.user.id)
      return user === undefined ? [] : [{ ...entity, user }]
    })
  return {
    ...content,
    ...(entities && { entities: named(entities) }),
    ...(caption_entities && { caption_entities: named(caption_entities) }),
  }
}

function isMention({ type }: MessageEntity): boolean {
  return type === "text_mention"
}
