import type { Message } from "@grammyjs/types"
import { accountOf, anyGroup, chatWith, nameOf, type Actor, type Place } from "./actor.js"
import { sendResult } from "./inline-queries.js"
import { tapped, type TapOptions } from "./keys.js"
import { textContent } from "./message-content.js"
import { post } from "./messages.js"
import type { SimulatedBot } from "./simulated-bot.js"
import type { SimulatedGroup } from "./simulated-group.js"

/** Sends a message that a bot has prepared for the person. */
export function sendPrepared(actor: Actor, id: string, to: Place): Message {
  const { person, world } = actor
  const prepared = world.miniApps.messages.get(id)
  const bot = world.bots.get(prepared?.botId ?? 0)
  const isUsable = prepared?.personId === person.user.id && prepared.expiresAt >= world.now
  if (prepared === undefined || bot === undefined || !isUsable) {
    throw new TypeError(`${nameOf(actor)} expected a message that a bot has prepared`)
  }
  const where = chatWith(actor, to)
  const { type } = where.chat
  const group = type === "channel" ? "channel" : "group"
  const kind = "token" in to ? "bot" : "firstName" in to ? "user" : group
  if (!prepared.kinds.includes(kind)) {
    throw new TypeError(`The message is prepared for other chats: ${prepared.kinds.join(", ")}`)
  }
  return sendResult(actor, where, { bot, queryId: id, result: prepared.result }).message
}

/** Taps a key that a bot has prepared for its Mini App. */
export function tapPrepared(actor: Actor, id: string, options: TapOptions): Message {
  const { person, world } = actor
  const key = world.miniApps.keys.get(id)
  const bot = world.bots.get(key?.botId ?? 0)
  if (key?.personId !== person.user.id || bot === undefined) {
    throw new TypeError(`${nameOf(actor)} expected a key that a bot has prepared`)
  }
  const where = world.openPrivateChat(bot, person)
  return post(actor, where, tapped(actor, key.button, { ...options, botId: key.botId }))
}

/** Mentions a bot in a chat of which it is no member, so that it answers as a guest. */
export function summon(
  actor: Actor,
  group: SimulatedGroup,
  { bot, text }: { readonly bot: SimulatedBot; readonly text: string },
): Message {
  const { person, world } = actor
  const account = accountOf(actor, bot)
  const me = account.me as { supports_guest_queries?: boolean }
  const where = chatWith(actor, group)
  if (me.supports_guest_queries !== true) {
    throw new TypeError(`@${bot.username} is no guest: create it with supports_guest_queries`)
  }
  if (where.bots.has(account)) throw new TypeError(`@${bot.username} is a member of this chat`)
  const message = post(actor, where, textContent(`@${bot.username} ${text}`))
  const guest_query_id = world.newId()
  world.miniApps.guests.set(guest_query_id, { botId: bot.id, person, where })
  account.push("guest_message", { ...message, guest_query_id })
  return message
}

/** Returns the address of the Mini App that a bot shows to the person who asks to join. */
export function joinApp(actor: Actor, group: SimulatedGroup): string {
  const { chat } = anyGroup(actor, group)
  const url = actor.world.miniApps.joinApps.get(`${actor.person.user.id}:${chat.id}`)
  if (url === undefined) throw new TypeError(`No bot shows a Mini App for "${group.title}"`)
  return url
}
