import { Arguments } from "../arguments/arguments.js"
import type { BotAccount } from "../delivery/bot-account.js"
import { restoreWebhook } from "../methods/set-webhook.js"
import type { Conversation } from "../world/conversation.js"
import { Person } from "../world/person.js"
import { closeLater } from "../world/polls.js"
import { planPosts } from "../world/suggested-posts.js"
import { scheduleRenewal } from "../world/subscriptions.js"
import type { World } from "../world/world.js"
import type {
  SavedBot,
  SavedChat,
  SavedPerson,
  SavedPoll,
  SavedWebhook,
  SavedWorld,
} from "./saved-world.js"

/** A function that creates the bot of a token, or returns the existing one. */
export type MakeBot = (options: { token: string; username: string; first_name: string }) => object

/**
 * Restores a saved world. Webhooks are set again with the bot's parameters; a webhook that the
 * current rules forbid is left out.
 */
export async function restoreWorld(
  saved: SavedWorld,
  world: World,
  makeBot: MakeBot,
): Promise<void> {
  for (const { bytes, ...file } of saved.files) {
    world.files.restore({ ...file, bytes: Buffer.from(bytes, "base64") })
  }
  for (const set of saved.stickerSets) world.stickers.keep(set)
  world.games.restore(saved.games)
  if (saved.widgets) world.widgets.restore(saved.widgets)
  world.verifications.restore(saved.verifications ?? [])
  for (const person of saved.people) restorePerson(person, world)
  for (const bot of saved.bots) {
    makeBot({ token: bot.token, username: bot.me.username, first_name: bot.me.first_name })
    const account = world.bots.get(bot.me.id)
    if (account !== undefined) restoreBot(bot, account, world)
  }
  for (const { person, bot, ...more } of saved.connections ?? []) {
    const known = { person: world.people.get(person), bot: world.bots.get(bot) }
    if (known.person && known.bot) {
      world.business.connect({ ...more, person: known.person, bot: known.bot })
    }
  }
  for (const chat of saved.chats) restoreChat(chat, world)
  for (const where of world.conversations()) planPosts(world, where)
  // Last, because a webhook delivers pending updates at once.
  for (const { me, webhook } of saved.bots) {
    const account = world.bots.get(me.id)
    if (account && webhook) await setWebhook(webhook, account, world)
  }
}

function restorePerson(saved: SavedPerson, world: World): void {
  const person = new Person(saved.user)
  for (const id of saved.blocked) person.blocked.add(id)
  const photos = (saved.photos ?? []).map((id) => world.files.find(id))
  person.photos.push(...photos.filter((photo) => photo !== undefined))
  Object.assign(person.profile, saved.profile)
  person.cannotPay = saved.cannotPay === true
  world.addPerson(person)
}

function restoreBot(saved: SavedBot, bot: BotAccount, world: World): void {
  Object.assign(bot.me, saved.me)
  bot.mask = saved.mask
  world.profiles.restore(bot.me.id, saved.profile)
  const stars = world.stars.of(bot.me.id)
  stars.restore(saved.stars)
  for (const payment of stars.subscribed) scheduleRenewal(world, bot.me.id, payment)
  const updates = saved.updates.map(({ subQueue, ...event }) => ({
    ...event,
    subQueue: typeof subQueue === "string" ? BigInt(subQueue) : subQueue,
  }))
  bot.queue.restore(updates, saved.nextId, saved.lost)
}

async function setWebhook(saved: SavedWebhook, bot: BotAccount, world: World): Promise<void> {
  const args = new Arguments()
  args.add("url", saved.url)
  args.add("max_connections", String(saved.maxConnections))
  args.add("ip_address", saved.ipAddress)
  args.add("secret_token", saved.secretToken)
  if (saved.certificate !== undefined) {
    const bytes = Buffer.from(saved.certificate)
    args.addFile("certificate", { name: "cert.pem", type: "", bytes })
  }
  try {
    await restoreWebhook({ bot, args, world })
  } catch {
    bot.webhook = undefined
  }
  bot.nextSetWebhookAt = Number.NEGATIVE_INFINITY
}

function restoreChat(saved: SavedChat, world: World): void {
  const where = chatFor(saved, world)
  if (where === undefined) return
  for (const id of saved.people) addTo(where.people, world.people.get(id))
  for (const id of saved.bots) addTo(where.bots, world.bots.get(id))
  where.lastBot = world.bots.get(saved.lastBot ?? 0)
  where.upgradedTo = saved.upgradedTo
  where.description = saved.description
  where.permissions = saved.permissions
  fill(where.members, saved.members)
  fill(where.topics, saved.topics)
  fill(where.links, saved.links)
  for (const message of saved.messages) where.messages.set(message.message_id, message)
  for (const id of saved.pinned) where.pinned.add(id)
  for (const [id, given] of saved.reactions) where.reactions.set(id, new Map(given))
  for (const [id, updates] of saved.updates ?? []) where.updates.set(id, new Map(updates))
  for (const poll of saved.polls) restorePoll(poll, where, world)
  Object.assign(where.extras, saved.extras)
  where.continueAfter(saved.lastId)
}

function restorePoll(saved: SavedPoll, where: Conversation, world: World): void {
  const { bot, votes, ...more } = saved
  const sender = world.bots.get(bot ?? 0)
  const simulatedPoll = { ...more, bot: sender, where, votes: new Map(votes) }
  world.polls.add(simulatedPoll)
  closeLater(world, simulatedPoll)
}

function chatFor(saved: SavedChat, world: World): Conversation | undefined {
  const { chat, owner, people, bots } = saved
  if (chat.type !== "private") return world.addGroup(chat)
  if (owner !== undefined) {
    const account = world.people.get(owner)
    const other = world.people.get(chat.id)
    return account && other && world.business.openChat(account, other)
  }
  const bot = world.bots.get(bots[0] ?? 0)
  const person = world.people.get(people[0] ?? 0)
  return bot && person && world.openPrivateChat(bot, person)
}

function addTo<T>(set: Set<T>, value: T | undefined): void {
  if (value !== undefined) set.add(value)
}

function fill<K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void {
  for (const [key, value] of entries) map.set(key, value)
}
