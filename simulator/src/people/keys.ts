import type { Chat, KeyboardButton, Location, SharedUser } from "@grammyjs/types"
import { photoOf } from "../world/media/stored-media.js"
import type { Conversation } from "../world/conversation.js"
import { hasRight, rightsIn, type Right } from "../world/members.js"
import { newPoll, type PollTraits } from "../world/polls.js"
import type { MessageContent } from "../world/world.js"
import type { BotNames } from "../world/managed-bots.js"
import { userOfBot } from "../world/identity.js"
import { nameOf, type Actor } from "./actor.js"
import { requestedBot } from "./managed-bots.js"
import { textContent } from "./message-content.js"

/** The data that a person shares if a key requests it. */
export interface TapOptions {
  /** The location for a key that requests one. Default: a place in Berlin. */
  readonly location?: Location
  /** The number for a key that requests the phone number. Default: a generated one. */
  readonly phone_number?: string
  /** The shared users, for a key that requests users or bots. */
  readonly users?: readonly { readonly id: number }[]
  /** The shared chat, for a key that requests a chat. */
  readonly chat?: { readonly id: number }
  /** The data that the Web App returns, for a key that opens one. */
  readonly data?: string
  /** The poll, for a key that requests one. */
  readonly poll?: PollTraits
  /** The names of the bot, for a key that requests a managed bot. Default: the suggested names. */
  readonly bot?: Partial<BotNames>
}

/** The place of people who name no other. */
export const berlin: Location = { latitude: 52.52, longitude: 13.405 }

type Key = Exclude<KeyboardButton, string>
type UsersRequest = Extract<Key, { request_users: object }>["request_users"]
type ChatRequest = Extract<Key, { request_chat: object }>["request_chat"]

/**
 * Returns the message that a tap on a key of a bot sends. Throws a `TypeError` for an answer that
 * Telegram's apps do not offer, such as a channel where the key requests a group.
 *
 * @param botId the id of the bot that sent the key
 */
export function tapped(
  actor: Actor,
  button: KeyboardButton,
  options: TapOptions & { readonly botId: number },
): MessageContent {
  if (typeof button === "string") return textContent(button)
  const { id, first_name, last_name } = actor.person.user
  if ("request_contact" in button && button.request_contact) {
    const phone_number = options.phone_number ?? `49151${String(id).padStart(7, "0")}`
    const name = { first_name, ...(last_name !== undefined && { last_name }) }
    return { contact: { phone_number, ...name, user_id: id } }
  }
  if ("request_location" in button && button.request_location) {
    return { location: options.location ?? berlin }
  }
  const shared = sharedContent(actor, button, options)
  if (shared !== undefined) return shared
  const asks = Object.keys(button).find((key) => key.startsWith("request_") || key === "web_app")
  if (asks !== undefined) {
    const given = askedFor[asks]
    throw new TypeError(
      given === undefined
        ? `The simulator does not support keys with \`${asks}\``
        : `Expected the option \`${given}\` of \`tap\`: the key has \`${asks}\``,
    )
  }
  return textContent(button.text)
}

// The option of `tap` that a key requires.
const askedFor: Readonly<Record<string, keyof TapOptions>> = {
  request_users: "users",
  request_chat: "chat",
  web_app: "data",
  request_poll: "poll",
}

function sharedContent(
  actor: Actor,
  button: Key,
  { users, chat, data, poll, bot, botId }: TapOptions & { readonly botId: number },
): MessageContent | undefined {
  if ("request_users" in button && users !== undefined) {
    return { users_shared: usersShared(actor, button.request_users, users) }
  }
  if ("request_chat" in button && chat !== undefined) {
    return { chat_shared: chatShared(actor, button.request_chat, { id: chat.id, botId }) }
  }
  if ("web_app" in button && data !== undefined) {
    return { web_app_data: { data, button_text: button.text } }
  }
  if ("request_poll" in button && poll !== undefined) {
    const { type } = button.request_poll
    const { type: given = "regular" } = poll
    expectOffered(type === undefined || type === given, `a poll of the type ${type}`)
    return { poll: newPoll(actor.world, poll) }
  }
  if ("request_managed_bot" in button) {
    const given = { managerId: botId, names: bot ?? {} }
    const { me } = requestedBot(actor, button.request_managed_bot, given)
    return { managed_bot_created: { bot: userOfBot(me) } }
  }
  return undefined
}

function usersShared(
  actor: Actor,
  request: UsersRequest,
  given: readonly { readonly id: number }[],
): NonNullable<MessageContent["users_shared"]> {
  const { request_id, user_is_bot, user_is_premium, max_quantity = 1 } = request
  expectOffered(given.length > 0, "at least one user")
  expectOffered(given.length <= max_quantity, `at most ${max_quantity} users`)
  const users = given.map(({ id }) => {
    const user = actor.world.userOf(id)
    expectOffered(user_is_bot === undefined || user?.is_bot === user_is_bot, kindOf(user_is_bot))
    const isPremium = user?.is_premium === true
    expectOffered(
      user_is_premium === undefined || isPremium === user_is_premium,
      `users ${user_is_premium ? "with" : "without"} Telegram Premium`,
    )
    return sharedUser(actor, request, id)
  })
  return { request_id, users }
}

function kindOf(isBot: boolean | undefined): string {
  return isBot ? "bots" : "people"
}

function sharedUser({ world }: Actor, request: UsersRequest, id: number): SharedUser {
  const user = world.userOf(id)
  const photo = world.people.get(id)?.photos[0]
  return {
    user_id: id,
    ...(request.request_name && user && nameFields(user)),
    ...(request.request_username && user?.username && { username: user.username }),
    ...(request.request_photo && photo && { photo: photoOf(photo) }),
  }
}

function nameFields(user: { first_name: string; last_name?: string }): Partial<SharedUser> {
  const { first_name, last_name } = user
  return { first_name, ...(last_name !== undefined && { last_name }) }
}

function chatShared(
  actor: Actor,
  request: ChatRequest,
  { id, botId }: { readonly id: number; readonly botId: number },
): NonNullable<MessageContent["chat_shared"]> {
  const where = actor.world.group(id)
  if (where === undefined) throw new TypeError("Expected a group or channel of this simulator")
  checkChat(actor, request, where)
  checkBot(actor, request, { where, botId })
  const { chat, photo } = where
  return {
    request_id: request.request_id,
    chat_id: id,
    ...(request.request_title && chat.title !== undefined && { title: chat.title }),
    ...(request.request_username && chat.username && { username: chat.username }),
    ...(request.request_photo && photo && { photo: photoOf(photo) }),
  }
}

function checkChat(actor: Actor, request: ChatRequest, where: Conversation): void {
  const { chat } = where
  const self = where.memberOf(actor.person.user)
  const { chat_is_channel, chat_is_forum, chat_has_username, chat_is_created } = request
  expectOffered(
    (chat.type === "channel") === chat_is_channel,
    chat_is_channel ? "a channel" : "a group",
  )
  expectEqual(chat_is_forum, chat.is_forum === true, "a chat with topics")
  expectEqual(chat_has_username, chat.username !== undefined, "a public chat")
  if (chat_is_created) expectOffered(self.status === "creator", `a chat of ${nameOf(actor)}`)
  const missing = missingRight(request.user_administrator_rights, chat.type, (right) =>
    hasRight(self, right),
  )
  expectOffered(missing === undefined, `a chat in which ${nameOf(actor)} has ${missing}`)
}

function checkBot(
  { world }: Actor,
  request: ChatRequest,
  { where, botId }: { readonly where: Conversation; readonly botId: number },
): void {
  const bot = world.userOf(botId)
  const status = bot && where.memberOf(bot)
  const isMember = [...where.bots].some(({ me }) => me.id === botId)
  if (request.bot_is_member) expectOffered(isMember, "a chat with the bot as a member")
  const missing = missingRight(
    request.bot_administrator_rights,
    where.chat.type,
    (right) => status !== undefined && hasRight(status, right),
  )
  expectOffered(missing === undefined, `a chat in which the bot has ${missing}`)
}

function missingRight(
  rights: Partial<Record<Right, boolean>> | undefined,
  type: Chat["type"],
  has: (right: Right) => boolean,
): Right | undefined {
  return rights && rightsIn(type).find((right) => rights[right] === true && !has(right))
}

function expectEqual(requested: boolean | undefined, is: boolean, what: string): void {
  const isOffered = requested === undefined || requested === is
  expectOffered(isOffered, requested === true ? what : `not ${what}`)
}

function expectOffered(isOffered: boolean, requested: string): void {
  if (!isOffered) throw new TypeError(`The key requests ${requested}`)
}
