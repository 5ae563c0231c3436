import type { ChatInviteLink } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { userOfBot } from "../../world/identity.js"
import { subscriptionSeconds } from "../../world/subscriptions.js"
import { editableChat } from "../chat-argument.js"
import { requireRight } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for invite links. */
export const linkMethods: MethodTable = {
  exportChatInviteLink,
  createChatInviteLink,
  editChatInviteLink,
  createChatSubscriptionInviteLink,
  editChatSubscriptionInviteLink,
  revokeChatInviteLink,
}

const maxSubscriptionPrice = 10_000

function exportChatInviteLink(call: Call): string {
  const where = invitingChat(call)
  for (const link of where.links.values()) {
    const isOldOne = link.is_primary && link.creator.id === call.bot.me.id
    if (isOldOne) where.links.set(link.invite_link, { ...link, is_revoked: true })
  }
  const link = newLink(call, true)
  where.links.set(link.invite_link, link)
  return link.invite_link
}

function createChatInviteLink(call: Call): ChatInviteLink {
  const where = invitingChat(call)
  const link = { ...newLink(call, false), ...traits(call) }
  where.links.set(link.invite_link, link)
  return link
}

function editChatInviteLink(call: Call): ChatInviteLink {
  const { where, link } = knownLink(call)
  const { invite_link, creator, is_primary, is_revoked } = link
  const bare = { invite_link, creator, creates_join_request: false, is_primary, is_revoked }
  const changed = { ...bare, ...traits(call) }
  where.links.set(invite_link, changed)
  return changed
}

function createChatSubscriptionInviteLink(call: Call): ChatInviteLink {
  const where = invitingChat(call)
  if (where.chat.type !== "channel") throw CallError.badRequest("CHANNEL_INVALID")
  const period = call.args.integer("subscription_period", 0, 0, 2 ** 31 - 1)
  const price = call.args.integer("subscription_price", 0, 0, 2 ** 31 - 1)
  if (period !== subscriptionSeconds) throw CallError.badRequest("SUBSCRIPTION_PERIOD_INVALID")
  if (price < 1 || price > maxSubscriptionPrice) {
    throw CallError.badRequest("SUBSCRIPTION_PRICING_INVALID")
  }
  const terms = { subscription_period: period, subscription_price: price }
  const link = { ...newLink(call, false), ...nameOf(call), ...terms }
  where.links.set(link.invite_link, link)
  return link
}

function editChatSubscriptionInviteLink(call: Call): ChatInviteLink {
  const { where, link } = knownLink(call)
  if (link.subscription_price === undefined) throw CallError.badRequest("INVITE_HASH_INVALID")
  const { name: _, ...unnamed } = link
  const changed = { ...unnamed, ...nameOf(call) }
  where.links.set(link.invite_link, changed)
  return changed
}

function revokeChatInviteLink(call: Call): ChatInviteLink {
  const { where, link } = knownLink(call)
  const revoked = { ...link, is_revoked: true }
  where.links.set(link.invite_link, revoked)
  return revoked
}

function invitingChat(call: Call): Conversation {
  const where = editableChat(call)
  const refusal = "not enough rights to manage chat invite link"
  if (where.chat.type === "private") {
    throw CallError.badRequest("can't invite members to a private chat")
  }
  requireRight(call, where, "can_invite_users", refusal)
  return where
}

function knownLink(call: Call): { where: Conversation; link: ChatInviteLink } {
  const where = invitingChat(call)
  const link = where.links.get(call.args.text("invite_link"))
  if (link === undefined) throw CallError.badRequest("INVITE_HASH_EXPIRED")
  return { where, link }
}

function newLink({ bot, world }: Call, isPrimary: boolean): ChatInviteLink {
  return {
    invite_link: `https://t.me/+${world.newInlineId().slice(0, 16)}`,
    creator: userOfBot(bot.me),
    creates_join_request: false,
    is_primary: isPrimary,
    is_revoked: false,
  }
}

function nameOf({ args }: Pick<Call, "args">): { readonly name?: string } {
  const name = args.text("name")
  return name === "" ? {} : { name }
}

function traits({ args }: Call) {
  const expire_date = args.integer("expire_date", 0, 0, 2 ** 31)
  const member_limit = args.integer("member_limit", 0, 0, 99_999)
  const creates_join_request = args.flag("creates_join_request")
  if (member_limit > 0 && creates_join_request) {
    throw CallError.badRequest(
      "member limit can't be specified for links requiring administrator approval",
    )
  }
  return {
    creates_join_request,
    ...nameOf({ args }),
    ...(expire_date > 0 && { expire_date }),
    ...(member_limit > 0 && { member_limit }),
  }
}
