import type { BotAccount } from "../delivery/bot-account.js"
import type { StoredEvent } from "../delivery/event-queue.js"
import type { Conversation } from "../world/conversation.js"
import type { StoredFile } from "../world/file-store.js"
import type { SimulatedPoll } from "../world/poll-book.js"
import type { World } from "../world/world.js"
import {
  savedVersion,
  type SavedBot,
  type SavedChat,
  type SavedFile,
  type SavedPoll,
  type SavedUpdate,
  type SavedWorld,
} from "./saved-world.js"

/** Returns a world as JSON data, without pending presses, inline queries and payments. */
export function saveWorld(world: World): SavedWorld {
  return {
    version: savedVersion,
    people: [...world.people.values()].map(({ user, blocked, photos, profile, cannotPay }) => ({
      user,
      blocked: [...blocked],
      photos: photos.map(({ id }) => id),
      profile,
      ...(cannotPay && { cannotPay }),
    })),
    bots: [...world.bots.values()].map((bot) => savedBot(bot, world)),
    chats: [...world.conversations(), ...world.business.chats()].map((where) =>
      savedChat(where, world),
    ),
    connections: world.business
      .connections()
      .map(({ person, bot, ...more }) => ({ ...more, person: person.user.id, bot: bot.me.id })),
    files: [...world.files].map((file) => savedFile(file)),
    stickerSets: [...world.stickers],
    games: world.games.toJSON(),
    widgets: world.widgets.toJSON(),
    verifications: world.verifications.toJSON(),
  }
}

function savedBot(bot: BotAccount, world: World): SavedBot {
  const { token, me, mask, queue, webhook } = bot
  const everything = queue.read(0, Number.POSITIVE_INFINITY, 0)
  return {
    token,
    me,
    mask,
    profile: world.profiles.save(me.id),
    stars: world.stars.of(me.id).toJSON(),
    nextId: queue.tail,
    updates: everything.map((event) => savedUpdate(event)),
    lost: queue.lost,
    ...(webhook && { webhook: savedWebhook(webhook.settings) }),
  }
}

function savedWebhook(settings: NonNullable<BotAccount["webhook"]>["settings"]) {
  const { url, certificate, maxConnections, fixedAddress, secretToken } = settings
  const more = certificate === undefined ? {} : { certificate }
  return { url, maxConnections, ipAddress: fixedAddress, secretToken, ...more }
}

function savedUpdate({ id, json, expiresAt, subQueue }: StoredEvent): SavedUpdate {
  const savedSubQueue = typeof subQueue === "bigint" ? String(subQueue) : subQueue
  return { id, json, expiresAt, subQueue: savedSubQueue }
}

function savedChat(where: Conversation, world: World): SavedChat {
  return {
    chat: where.chat,
    ...(where.owner && { owner: where.owner.user.id }),
    lastId: where.peekId() - 1,
    people: [...where.people].map(({ user }) => user.id),
    bots: [...where.bots].map(({ me }) => me.id),
    ...(where.lastBot && { lastBot: where.lastBot.me.id }),
    ...(where.upgradedTo !== undefined && { upgradedTo: where.upgradedTo }),
    description: where.description,
    permissions: where.permissions,
    members: [...where.members],
    topics: [...where.topics],
    links: [...where.links],
    pinned: [...where.pinned],
    messages: [...where.messages.values()],
    reactions: [...where.reactions].map(([id, given]) => [id, [...given]]),
    updates: [...where.updates].map(([id, updates]) => [id, [...updates]]),
    extras: where.extras,
    polls: [...world.polls].filter((simulatedPoll) => simulatedPoll.where === where).map(savedPoll),
  }
}

function savedPoll(simulatedPoll: SimulatedPoll): SavedPoll {
  const { bot, where: _, votes, ...more } = simulatedPoll
  return { ...more, ...(bot && { bot: bot.me.id }), votes: [...votes] }
}

function savedFile({ bytes, ...file }: StoredFile): SavedFile {
  return { ...file, bytes: bytes.toString("base64") }
}
