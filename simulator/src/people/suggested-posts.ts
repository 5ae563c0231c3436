import type { Message, SuggestedPostPrice } from "@grammyjs/types"
import { channelOf } from "../world/direct-messages.js"
import { hasRight, isAdministrator, type Right } from "../world/members.js"
import {
  approvePost,
  declinePost,
  isPrice,
  longestDelay,
  pendingPost,
  shortestDelay,
} from "../world/suggested-posts.js"
import type { Conversation } from "../world/conversation.js"
import type { World } from "../world/world.js"
import { anyGroup, chatWith, nameOf, type Actor } from "./actor.js"
import { contentOf, type Written } from "./message-content.js"
import { placeOf, post } from "./messages.js"
import { SimulatedGroup } from "./simulated-group.js"

/** The conditions of a suggested post. */
export interface SuggestOptions {
  /** The price in Telegram Stars or TON. Default: none. */
  readonly price?: SuggestedPostPrice
  /** The date of the publication, in Unix time: 5 minutes to 31 days from now. Default: any. */
  readonly send_date?: number
}

/** Opens the direct messages of a channel of the person. */
export function openChannel(actor: Actor, channel: SimulatedGroup): SimulatedGroup {
  const { person, world } = actor
  const where = anyGroup(actor, channel)
  const isOwn = where.memberOf(person.user).status === "creator"
  if (!isOwn || where.chat.type !== "channel") {
    throw new TypeError(`Expected a channel of ${nameOf(actor)}`)
  }
  const known = world.group(where.extras.directMessages ?? 0)
  return new SimulatedGroup(known ?? openDirectMessages(world, where), world)
}

function openDirectMessages(world: World, channel: Conversation): Conversation {
  // The id is that of no other chat: channels count upwards from the first one.
  const id = channel.chat.id - 500_000_000
  const title = channel.chat.title ?? ""
  const where = world.addGroup({ id, title, type: "supergroup", is_direct_messages: true })
  where.extras.parentChannel = channel.chat.id
  channel.extras.directMessages = id
  // The administrators of the channel answer for it.
  for (const person of channel.people) {
    if (isAdministrator(channel.memberOf(person.user))) where.people.add(person)
  }
  for (const bot of channel.bots) where.bots.add(bot)
  return where
}

/** Suggests a post to a channel, in its direct messages. */
export function suggest(
  actor: Actor,
  to: SimulatedGroup,
  written: Written,
  { price, send_date }: SuggestOptions,
): Message {
  const { now } = actor.world
  if (price !== undefined && !isPrice(price)) throw new TypeError("Expected a price within limits")
  const wait = (send_date ?? now + shortestDelay) - now
  if (wait < shortestDelay || wait > longestDelay) {
    throw new TypeError("Expected a `send_date` of 5 minutes to 31 days from now")
  }
  const where = chatWith(actor, to)
  if (channelOf(actor.world, where) === undefined) {
    throw new TypeError("Expected the direct messages of a channel")
  }
  const suggested_post_info = {
    state: "pending" as const,
    ...(price !== undefined && { price }),
    ...(send_date !== undefined && { send_date }),
  }
  return post(actor, where, { ...contentOf(written, actor.world), suggested_post_info })
}

/** Approves a suggested post. */
export function approve(actor: Actor, message: Message, sendDate: number | undefined): void {
  const { where, current } = suggestion(actor, message, "can_post_messages")
  approvePost(actor.world, where, current, {
    by: actor.person.user,
    ...(sendDate !== undefined && { sendDate }),
  })
}

/** Declines a suggested post. */
export function decline(actor: Actor, message: Message, comment: string): void {
  const { where, current } = suggestion(actor, message, "can_manage_direct_messages")
  declinePost(actor.world, where, current, { by: actor.person.user, comment })
}

/** Returns a suggested post on which the person decides: the post of the channel, or of a reader. */
function suggestion(
  actor: Actor,
  message: Message,
  right: Right,
): { readonly where: Conversation; readonly current: Message } {
  const { person, world } = actor
  const where = placeOf(actor, message)
  const channel = channelOf(world, where)
  const current = where.messages.get(message.message_id)
  if (channel === undefined || current === undefined || pendingPost(current) === undefined) {
    throw new TypeError("Expected a suggested post without a decision")
  }
  const reader = current.direct_messages_topic?.user.id
  const isOfReader = current.from?.id === reader
  const mayDecide = isOfReader
    ? hasRight(channel.memberOf(person.user), right)
    : person.user.id === reader
  if (mayDecide) return { where, current }
  throw new TypeError(`${nameOf(actor)} may not decide on this post`)
}
