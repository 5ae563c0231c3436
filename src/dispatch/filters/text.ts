import { unexpectedOption } from "../../ground/expect-option.js"
import { textMatcher } from "../../ground/text-matcher.js"
import type { Message, MessageEntity } from "../../telegram/types.js"
import {
  type MessageFilter,
  messageFilter,
  orNothing,
  type Patterned,
  withPattern,
} from "./filter.js"
import { leadingCommand } from "./leading-command.js"
import { has, type MessageWith } from "./has.js"

/** All new messages. */
export const message: MessageFilter = messageFilter(() => true)

/** Text messages, commands included. */
export const text: MessageFilter<MessageWith<"text">> = has("text")

/** Media with a caption. */
export const caption: MessageFilter<MessageWith<"caption">> = has("caption")

/** Text messages that begin with a command, addressed to this bot or to another. */
export const command: MessageFilter<MessageWith<"text" | "entities">> = messageFilter(
  (message) => leadingCommand(message)?.isCaption === false,
)

/**
 * Messages whose text or caption matches the pattern. The handlers have `ctx.match`. With the flag
 * `y`, the pattern must match at the start. The flag `g` is ignored.
 */
export function regex(pattern: RegExp): MessageFilter & Patterned {
  if (!(pattern instanceof RegExp)) unexpectedOption("pattern", "a RegExp", pattern)
  const match = textMatcher(pattern)
  const filter = messageFilter(({ text, caption }) => match(text ?? caption ?? "") !== null)
  return withPattern(pattern, filter)
}

/** Text messages with an entity of this kind: `"url"`, `"hashtag"`, `"bold"`, … Default: any kind. */
export function entity(
  kind?: MessageEntity["type"],
): MessageFilter<MessageWith<"text" | "entities">> {
  return messageFilter(({ entities }) => hasKind(entities, kind))
}

/** Media whose caption has an entity of this kind. Default: any kind. */
export function captionEntity(
  kind?: MessageEntity["type"],
): MessageFilter<MessageWith<"caption" | "caption_entities">> {
  return messageFilter(({ caption_entities: entities }) => hasKind(entities, kind))
}

/**
 * Messages whose text or caption mentions one of these users: by `@username`, or by id for a mention of a
 * user without a username. Without arguments, the filter accepts nothing.
 */
export function mention(...users: readonly (string | number)[]): MessageFilter {
  const userKeys = new Set(users.map((user) => String(user).replace(/^@/, "").toLowerCase()))
  return orNothing(
    users,
    messageFilter((message) => mentionedUsers(message).some((user) => userKeys.has(user))),
  )
}

function hasKind(entities: readonly MessageEntity[] | undefined, kind?: string): boolean {
  if (!entities) return false
  return kind === undefined ? entities.length > 0 : entities.some(({ type }) => type === kind)
}

/** Returns the ids, and the usernames in lower case, of the mentioned users. */
function mentionedUsers(message: Message): string[] {
  const text = message.text ?? message.caption ?? ""
  const entities = message.entities ?? message.caption_entities ?? []
  return entities.flatMap((entity) => {
    if (entity.type === "text_mention") return [String(entity.user.id)]
    if (entity.type !== "mention") return []
    return [text.slice(entity.offset + 1, entity.offset + entity.length).toLowerCase()]
  })
}
