import type { ChatInviteLink, ChatMember, ChatPermissions } from "@grammyjs/types"
import type { SimulatedBot } from "./simulated-bot.js"
import type { SimulatedGroup } from "./simulated-group.js"
import type { Conversation } from "../world/conversation.js"
import { userOfBot } from "../world/identity.js"
import {
  administrator,
  banned,
  hasRight,
  left,
  member,
  restricted,
  rightsIn,
  type Right,
} from "../world/members.js"
import { changeMember } from "../world/membership.js"
import { readPermissions } from "../world/permissions.js"
import {
  accountOf,
  anyGroup,
  enterDirectMessages,
  groupAdministeredBy,
  groupOf,
  isIn,
  nameOf,
  type Actor,
} from "./actor.js"

/** A person or bot that can be in a group. */
export interface Somebody {
  /** The id of the user or bot. */
  readonly id: number
}

/** The circumstances of joining. */
export interface JoinOptions {
  /** The address of the invite link. */
  readonly invite_link?: string
  /** The bio of a person who asks to join. */
  readonly bio?: string
}

/** Joins a group, directly or through a link. A link that requires approval creates a request. */
export function join(actor: Actor, to: SimulatedGroup, options: JoinOptions): void {
  const where = anyGroup(actor, to)
  if (where.extras.parentChannel !== undefined) return enterDirectMessages(actor, where)
  const { user } = actor.person
  const link = linkOf(where, options.invite_link)
  if (isIn(where, user.id)) throw new TypeError(`${nameOf(actor)} is already in "${to.title}"`)
  if (where.memberOf(user).status === "kicked") {
    throw new TypeError(`${nameOf(actor)} is banned from "${to.title}"`)
  }
  if (link?.creates_join_request === true) return requestToJoin(actor, to, options)
  const next = member(user)
  const { subscription_period: period } = link ?? {}
  // The membership of a subscriber ends with the period that is paid.
  const until = period === undefined ? {} : { until_date: actor.world.now + period }
  changeMember(actor.world, where, { next: { ...next, ...until }, by: user, link })
}

/** Asks to join. */
export function requestToJoin(actor: Actor, to: SimulatedGroup, options: JoinOptions): void {
  const { person, world } = actor
  const where = anyGroup(actor, to)
  const link = linkOf(where, options.invite_link)
  if (where.chat.type === "group") throw new TypeError("A basic group has no join requests")
  if (isIn(where, person.user.id)) throw new TypeError(`${nameOf(actor)} is already a member`)
  where.joinRequests.set(person.user.id, link)
  const told = [...where.bots].filter((bot) =>
    hasRight(where.memberOf(userOfBot(bot.me)), "can_invite_users"),
  )
  // One bot of a chat processes the requests.
  const guard = told.find(({ me }) => me.supports_join_request_queries)
  const query_id = world.newId()
  if (guard) {
    const botId = guard.me.id
    world.joinQueries.add(query_id, { botId, where, userId: person.user.id, at: world.now })
  }
  for (const bot of told) {
    bot.push("chat_join_request", {
      chat: where.chat,
      from: person.user,
      user_chat_id: person.user.id,
      date: world.now,
      ...(options.bio !== undefined && { bio: options.bio }),
      ...(link !== undefined && { invite_link: link }),
      ...(bot === guard && { query_id }),
    })
  }
}

/** Leaves a group. */
export function leave(actor: Actor, from: SimulatedGroup): void {
  const { user } = actor.person
  const where = groupOf(actor, from)
  changeMember(actor.world, where, { next: left(user), by: user })
}

/** Changes the status of a member, as an administrator, or adds a user to the person's group. */
export function setMember(
  actor: Actor,
  to: SimulatedGroup,
  who: Somebody,
  change: MemberAction,
): void {
  const where = change.kind === "add" ? groupOf(actor, to) : groupAdministeredBy(actor, to)
  const user = actor.world.userOf(who.id)
  if (user === undefined) throw new TypeError("Expected a user or a bot of this simulator")
  const next = statusAfter(where, where.memberOf(user), change)
  changeMember(actor.world, where, { next, by: actor.person.user })
}

/** A change of a member's status. */
export type MemberAction =
  | { readonly kind: "add" | "remove" | "ban" | "unban" | "demote" }
  | { readonly kind: "promote"; readonly rights?: readonly Right[] }
  | { readonly kind: "restrict"; readonly permissions: ChatPermissions }

/** Blocks or unblocks a bot, which is notified. */
export function setBlocked(actor: Actor, bot: SimulatedBot, isBlocked: boolean): void {
  const { person, world } = actor
  const account = accountOf(actor, bot)
  const { chat } = world.openPrivateChat(account, person)
  if (isBlocked) person.blocked.add(bot.id)
  else person.blocked.delete(bot.id)
  const self = userOfBot(account.me)
  const before = isBlocked ? member(self) : banned(self, 0)
  const after = isBlocked ? banned(self, 0) : member(self)
  account.push("my_chat_member", {
    chat,
    from: person.user,
    date: world.now,
    old_chat_member: before,
    new_chat_member: after,
  })
}

function statusAfter(where: Conversation, old: ChatMember, change: MemberAction): ChatMember {
  const { user } = old
  const { type } = where.chat
  switch (change.kind) {
    case "add":
      // In a channel, a bot can only be an administrator.
      return type === "channel" && user.is_bot
        ? administrator(user, type, new Set(rightsIn(type)))
        : member(user)
    case "demote":
      return member(user)
    case "remove":
    case "unban":
      return left(user)
    case "ban":
      return banned(user, 0)
    case "promote":
      return administrator(user, type, new Set(change.rights ?? rightsIn(type)))
    case "restrict": {
      const permissions = readPermissions(change.permissions, true)
      return restricted(user, permissions, { isMember: isIn(where, user.id), until: 0 })
    }
  }
}

function linkOf(where: Conversation, address: string | undefined): ChatInviteLink | undefined {
  if (address === undefined) return undefined
  const link = where.links.get(address)
  if (link === undefined || link.is_revoked) throw new TypeError("This invite link is not valid")
  return link
}
