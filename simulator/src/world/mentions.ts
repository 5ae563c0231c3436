import type { Message, MessageEntity, User } from "@grammyjs/types"

type Formatted = Pick<Partial<Message>, "entities" | "caption_entities">

/**
 * Replaces mentions by user id with users; removes mentions of unknown users.
 *
 * @param userOf returns the user with an id
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
