import type { Message } from "@grammyjs/types"
import type { Conversation } from "../world/conversation.js"
import { forwardedFrom, isForwardable, movableContent } from "../world/forwarding.js"
import { inTopic } from "../world/forum.js"
import { channelOf, directTopic } from "../world/direct-messages.js"
import { hasRight, isAdministrator } from "../world/members.js"
import { generalTopicId } from "../world/topic.js"
import { kindOf, mayPost, postKinds } from "../world/posting-rules.js"
import { withoutReply } from "../world/answered-message.js"
import type { MessageContent, World } from "../world/world.js"
import { anyGroup, chatWith, nameOf, type Actor, type Place } from "./actor.js"
import { boostsOf } from "./boosts.js"
import { postEphemeral } from "./ephemeral.js"
import type { SimulatedGroup } from "./simulated-group.js"
import { contentOf, textContent, type Written, type WrittenFile } from "./message-content.js"

/** The place of a message within its chat. */
export interface SendOptions {
  /** The message that the new one replies to. */
  readonly reply_to?: Message
  /** The topic of a forum. Default: the topic of the answered message, otherwise the general topic. */
  readonly message_thread_id?: number
  /** A channel of the person, in whose name the message is written in a group. */
  readonly as?: SimulatedGroup
}

/** Sends a message to a chat. */
export function send(actor: Actor, to: Place, written: Written, options: SendOptions): Message {
  return post(actor, chatWith(actor, to), contentOf(written, actor.world), options)
}

/** Sends several files as one album. */
export function sendAlbum(
  actor: Actor,
  to: Place,
  files: readonly WrittenFile[],
  options: SendOptions,
): Message[] {
  if (files.length < 2 || files.length > 10) throw new TypeError("An album has 2 to 10 files")
  const where = chatWith(actor, to)
  const media_group_id = actor.world.newId()
  return files.map((file) => {
    const content = { ...contentOf(file, actor.world), media_group_id }
    return post(actor, where, content, options)
  })
}

/** Sends prepared content. */
export function post(
  actor: Actor,
  where: Conversation,
  content: MessageContent,
  options: SendOptions = {},
): Message {
  const { person, world } = actor
  checkMayPost(actor, where, content)
  const ephemeral = postEphemeral(actor, where, content, options.reply_to)
  if (ephemeral !== undefined) return ephemeral
  const requested = requestedReply(actor, where, options.reply_to)
  const answered = options.reply_to ?? requested
  const sender = options.as && senderChat(actor, where, options.as)
  const topic = answered?.is_topic_message === true ? answered.message_thread_id : undefined
  const direct = directContent(actor, where, answered)
  const thread = threadContent(actor, where, options.message_thread_id ?? topic)
  const message = world.write(person, where, {
    ...thread,
    ...direct,
    ...(answered !== undefined && { reply_to_message: withoutReply(answered) }),
    ...tagOf(actor, where),
    ...boostCount(actor, where),
    ...sender,
    ...content,
  })
  if (message.poll !== undefined) {
    world.polls.add({
      bot: undefined,
      where,
      messageId: message.message_id,
      correct: [],
      explanation: {},
      votes: new Map(),
      poll: message.poll,
    })
  }
  return message
}

function boostCount(actor: Actor, where: Conversation): MessageContent {
  const count = boostsOf(actor, where)
  return count === 0 ? {} : { sender_boost_count: count }
}

/** Returns the channel in whose name a person writes. */
function senderChat(actor: Actor, where: Conversation, as: SimulatedGroup): MessageContent {
  const channel = anyGroup(actor, as)
  const isOwn = channel.memberOf(actor.person.user).status === "creator"
  if (!isOwn || channel.chat.type !== "channel" || where.chat.type !== "supergroup") {
    throw new TypeError("Expected a channel of the person, and a supergroup to write to")
  }
  if (where.extras.bannedSenders.includes(channel.chat.id)) {
    throw new TypeError(`"${as.title}" is banned from "${where.chat.title}"`)
  }
  return { sender_chat: channel.chat }
}

function tagOf({ person }: Actor, where: Conversation): MessageContent {
  const who = where.members.get(person.user.id)
  const tag = who?.status === "member" || who?.status === "restricted" ? who.tag : undefined
  return tag === undefined ? {} : { sender_tag: tag }
}

/** Edits a message of the person. */
export function edit(actor: Actor, message: Message, text: string): Message {
  const where = placeOf(actor, message)
  const current = where.messages.get(message.message_id)
  const isOwn =
    current?.from?.id === actor.person.user.id || current?.sender_chat?.id === where.chat.id
  if (current === undefined || !isOwn)
    throw new TypeError("A person can edit only their own messages")
  const changed = current.text === undefined ? withCaption(current, text) : withText(current, text)
  actor.world.rewrite(where, changed)
  return where.messages.get(message.message_id) ?? changed
}

/** Forwards messages to another chat. Messages of an album form an album again. */
export function forward(actor: Actor, messages: readonly Message[], to: Place): Message[] {
  const where = chatWith(actor, to)
  const albums = new Map<string, string>()
  return messages.map((message) => {
    if (!isForwardable(message)) throw new TypeError("This message cannot be forwarded")
    const { media_group_id: album, ...content } = movableContent(message)
    const isAlbum = album !== undefined && messages.length > 1
    if (isAlbum && !albums.has(album)) albums.set(album, actor.world.newId())
    const media_group_id = isAlbum ? albums.get(album) : undefined
    return post(actor, where, {
      ...content,
      ...(media_group_id !== undefined && { media_group_id }),
      ...forwardedFrom(message),
    })
  })
}

/** Returns the chat of a message, as the person knows it. */
export function placeOf({ person, world }: Actor, message: Message): Conversation {
  const { chat } = message
  const business = businessPlaceOf(world, message)
  if (business !== undefined) return business
  if (chat.type !== "private") {
    const group = world.group(chat.id)
    if (group !== undefined) return group
  }
  for (const bot of world.bots.values()) {
    const where = world.privateChat(bot, person.user.id)
    const current = where?.messages.get(message.message_id)
    if (where !== undefined && current?.date === message.date && isSame(current, message))
      return where
  }
  throw new TypeError(`${person.user.first_name} cannot see this message`)
}

/** Returns the chat of a message of a business account; `undefined` for any other message. */
export function businessPlaceOf(world: World, message: Message): Conversation | undefined {
  const { business_connection_id: id, chat } = message
  const connection = world.business.connections().find((each) => each.id === id)
  return connection && world.business.chat(connection.person, chat.id)
}

// Chats with different bots number their messages independently.
function isSame(current: Message, message: Message): boolean {
  return current.from?.id === message.from?.id && current.chat.id === message.chat.id
}

function checkMayPost(actor: Actor, where: Conversation, content: MessageContent): void {
  const { chat, permissions, upgradedTo } = where
  if (upgradedTo !== undefined) throw new TypeError(`"${chat.title}" has become a supergroup`)
  if (where.extras.parentChannel !== undefined) return
  const field = kindOf(content)
  const who = where.memberOf(actor.person.user)
  if (mayPost(who, field, { type: chat.type, permissions })) return
  throw new TypeError(`${nameOf(actor)} may not send ${postKinds[field].name} to "${chat.title}"`)
}

/** Returns the topic of direct messages: the person's own, or for an administrator that of the answered message. */
function directContent(
  { person, world }: Actor,
  where: Conversation,
  answered: Message | undefined,
): MessageContent {
  const channel = channelOf(world, where)
  if (channel === undefined) return {}
  const isForChannel = isAdministrator(channel.memberOf(person.user))
  const topic = isForChannel ? answered?.direct_messages_topic : directTopic(where, person.user.id)
  if (topic === undefined) throw new TypeError("An administrator answers with `reply_to`")
  return { direct_messages_topic: topic }
}

function threadContent(
  { person }: Actor,
  where: Conversation,
  given: number | undefined,
): MessageContent {
  if (given === undefined && where.chat.is_forum !== true) return {}
  const id = given ?? generalTopicId
  const topic = where.topics.get(id)
  if (topic === undefined) throw new TypeError("Expected the `message_thread_id` of a topic")
  if (topic.isClosed && !hasRight(where.memberOf(person.user), "can_manage_topics")) {
    throw new TypeError(`The topic "${topic.name}" is closed`)
  }
  if (id === generalTopicId) return {}
  const created = where.messages.get(id)
  return { ...inTopic(id), ...(created && { reply_to_message: withoutReply(created) }) }
}

// A bot can request a reply: the person's next message, or an explicit reply, fulfils the request.
function requestedReply(
  { person, world }: Actor,
  where: Conversation,
  answered: Message | undefined,
): Message | undefined {
  for (const [key, { botId, markup, message }] of person.keyboards) {
    const isHere = where.messages.get(message.message_id)?.date === message.date
    if (markup.force_reply !== true || message.chat.id !== where.chat.id || !isHere) continue
    if (answered !== undefined && answered.message_id !== message.message_id) continue
    person.keyboards.delete(key)
    // The keys stay when the request is fulfilled.
    if ("keyboard" in markup) {
      person.keyboards.set(key, { botId, message, markup: { ...markup, force_reply: false } })
    }
    world.changes.announce({ kind: "keyboards", person })
    return message
  }
  return undefined
}

function withText(current: Message, text: string): Message {
  const { entities: _, ...rest } = current
  return { ...rest, ...textContent(text) }
}

function withCaption(current: Message, text: string): Message {
  const { caption_entities: _, ...rest } = current
  const { text: caption = "", entities } = textContent(text)
  return { ...rest, caption, ...(entities && { caption_entities: entities }) }
}
