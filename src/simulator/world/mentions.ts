import type { MessageEntity } from "../../telegram/types.js"
import type { MessageContent, World } from "./world.js"

/** Puts people in the place of mentions by number; a mention of somebody unknown is none. */
export function withMentions(world: World, content: MessageContent): MessageContent {
  const { entities, caption_entities } = content
  if (!(entities ?? caption_entities ?? []).some(isMention)) return content
  return {
    ...content,
    ...(entities && { entities: named(world, entities) }),
    ...(caption_entities && { caption_entities: named(world, caption_entities) }),
  }
}

function named(world: World, entities: readonly MessageEntity[]): MessageEntity[] {
  return entities.flatMap((entity): MessageEntity[] => {
    if (entity.type !== "text_mention") return [entity]
    const user = world.userOf(entity.user.id)
    return user === undefined ? [] : [{ ...entity, user }]
  })
}

function isMention({ type }: MessageEntity): boolean {
  return type === "text_mention"
}
