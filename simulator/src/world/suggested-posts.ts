import type { Message, SuggestedPostInfo, SuggestedPostPrice, User } from "@grammyjs/types"
import { ownValue } from "../ground/own-value.js"
import { withoutReply } from "./answered-message.js"
import type { PlannedPost } from "./chat-extras.js"
import type { Conversation } from "./conversation.js"
import { channelOf } from "./direct-messages.js"
import { movableContent } from "./forwarding.js"
import { announce } from "./forum.js"
import type { World } from "./world.js"

/** The seconds within which a post is published. */
export const longestDelay = 2_678_400
/** The seconds after which a post is published at the earliest, if its date is suggested. */
export const shortestDelay = 300

/** A decision about a suggested post. */
export interface Decision {
  /** The person or the bot. */
  readonly by: User
  /** The date of the publication; `undefined` for now. */
  readonly sendDate?: number
  readonly comment?: string
}

const prices: Readonly<Record<string, readonly [min: number, max: number]>> = {
  XTR: [5, 100_000],
  TON: [10_000_000, 10_000_000_000_000],
}

/** Returns whether a price is within Telegram's limits. */
export function isPrice({ currency, amount }: SuggestedPostPrice): boolean {
  const [min, max] = ownValue(prices, currency) ?? [1, 0]
  return Number.isInteger(amount) && amount >= min && amount <= max
}

/** Returns the state of a suggested post that waits for a decision; `undefined` for any other message. */
export function pendingPost({ suggested_post_info }: Message): SuggestedPostInfo | undefined {
  return suggested_post_info?.state === "pending" ? suggested_post_info : undefined
}

/** Approves a suggested post. It is published on its date. The approval fails if nobody can pay for it. */
export function approvePost(
  world: World,
  where: Conversation,
  message: Message,
  { by, sendDate = world.now }: Decision,
): void {
  const { price, send_date = sendDate } = message.suggested_post_info ?? {}
  const payer = world.people.get(message.direct_messages_topic?.user.id ?? 0)
  if (price !== undefined && payer?.cannotPay === true) {
    tell(world, where, message, by, {
      suggested_post_approval_failed: { suggested_post_message: withoutReply(message), price },
    })
    return
  }
  const approved = decided(world, where, message, "approved")
  tell(world, where, approved, by, {
    suggested_post_approved: {
      suggested_post_message: withoutReply(approved),
      ...(price !== undefined && { price }),
      send_date,
    },
  })
  const post = { messageId: message.message_id, at: send_date }
  where.extras.plannedPosts = [...where.extras.plannedPosts, post]
  publishLater(world, where, post)
}

/** Declines a suggested post. */
export function declinePost(
  world: World,
  where: Conversation,
  message: Message,
  { by, comment = "" }: Decision,
): void {
  const declined = decided(world, where, message, "declined")
  tell(world, where, declined, by, {
    suggested_post_declined: {
      suggested_post_message: withoutReply(declined),
      ...(comment !== "" && { comment }),
    },
  })
}

/** Publishes the approved posts of a restored chat on their dates. */
export function planPosts(world: World, where: Conversation): void {
  for (const post of where.extras.plannedPosts) publishLater(world, where, post)
}

/** A longer timer would exceed the range of a 32-bit number of milliseconds. */
const maxWaitSeconds = 86_400 * 20

function publishLater(world: World, where: Conversation, post: PlannedPost): void {
  const waitSeconds = post.at - world.now
  if (waitSeconds <= 0) return publish(world, where, post)
  const timer = world.environment.clock.setTimeout(
    () => publishLater(world, where, post),
    Math.min(waitSeconds, maxWaitSeconds) * 1000,
  )
  world.renewals.keep(`post ${where.chat.id} ${post.messageId}`, timer)
}

function publish(world: World, where: Conversation, post: PlannedPost): void {
  where.extras.plannedPosts = where.extras.plannedPosts.filter((each) => each !== post)
  const message = where.messages.get(post.messageId)
  const channel = channelOf(world, where)
  const author = world.people.get(message?.direct_messages_topic?.user.id ?? 0)
  // A deleted message is not published.
  if (message === undefined || channel === undefined || author === undefined) return
  const isPaid = message.suggested_post_info?.price !== undefined
  world.write(author, channel, {
    ...movableContent(message),
    ...(isPaid && { is_paid_post: true }),
  })
}

function decided(
  world: World,
  where: Conversation,
  message: Message,
  state: SuggestedPostInfo["state"],
): Message {
  const changed = { ...message, suggested_post_info: { ...message.suggested_post_info, state } }
  return world.edit(where, changed)
}

function tell(
  world: World,
  where: Conversation,
  { direct_messages_topic }: Message,
  by: User,
  event: Partial<Message>,
): void {
  const topic = direct_messages_topic && { direct_messages_topic }
  announce(world, where, { by, content: { ...topic, ...event } })
}
