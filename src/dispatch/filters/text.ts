import type { Message, MessageEntity } from "../../telegram/types.js"
import { type MessageFilter, messageFilter, type Patterned, withPattern } from "./filter.js"
import { leadingCommand } from "./leading-command.js"
import { has, type MessageWith } from "./has.js"

/** New messages, whatever they are. */
export const message: MessageFilter = messageFilter(() => true)

/** Text messages, commands included. */
export const text: MessageFilter<MessageWith<"text">> = has("text")

/** Media with a caption. */
export const caption: MessageFilter<MessageWith<"caption">> = has("caption")

/** Text messages that begin with a command, for this bot or another. */
export const command: MessageFilter<MessageWith<"text" | "entities">> = messageFilter(
  (message) => leadingCommand(message)?.isCaption === false,
)

/**
 * Messages in whose text or caption the pattern finds something. A handler that is registered with it
 * has `ctx.match`.
 */
export function regex(pattern: RegExp): MessageFilter & Patterned {
  const own = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""))
  const filter = messageFilter(({ text, caption }) => own.test(text ?? caption ?? ""))
  return withPattern(own, filter)
}

/** Texts with an entity of this kind: `"url"`, `"hashtag"`, `"bold"`, …, or of any kind. */
export function entity(
  kind?: MessageEntity["type"],
): MessageFilter<MessageWith<"text" | "entities">> {
  return messageFilter(({ entities }) => hasKind(entities, kind))
}

/** Captions with an entity of this kind, or of any kind. */
export function captionEntity(
  kind?: MessageEntity["type"],
): MessageFilter<MessageWith<"caption" | "caption_entities">> {
  return messageFilter(({ caption_entities: entities }) => hasKind(entities, kind))
}

/** Messages whose text or caption names one of these users, by `@username` or, linked, by id. */
export function mention(...users: readonly (string | number)[]): MessageFilter {
  const wanted = new Set(users.map((user) => String(user).replace(/^@/, "").toLowerCase()))
  return messageFilter((message) => namedUsers(message).some((user) => wanted.has(user)))
}

function hasKind(entities: readonly MessageEntity[] | undefined, kind?: string): boolean {
  if (!entities) return false
  return kind === undefined ? entities.length > 0 : entities.some(({ type }) => type === kind)
}

function namedUsers(message: Message): string[] {
  const text = message.text ?? message.caption ?? ""
  const entities = message.entities ?? message.caption_entities ?? []
  return entities.flatMap((found) => {
    if (found.type === "text_mention") return [String(found.user.id)]
    if (found.type !== "mention") return []
    return [text.slice(found.offset + 1, found.offset + found.length).toLowerCase()]
  })
}
