import type { Conversation } from "../world/conversation.js"
import { hasRight } from "../world/members.js"
import { groupAdministeredBy, nameOf, type Actor } from "./actor.js"
import type { SimulatedGroup } from "./simulated-group.js"

/** Announces the start of a video chat. */
export function scheduleVideoChat(actor: Actor, group: SimulatedGroup, start_date: number): void {
  const where = managedBy(actor, group)
  expectVideoChat(where, false)
  actor.world.write(actor.person, where, { video_chat_scheduled: { start_date } })
}

/** Starts a video chat. */
export function startVideoChat(actor: Actor, group: SimulatedGroup): void {
  const where = managedBy(actor, group)
  expectVideoChat(where, false)
  where.extras.videoChatSince = actor.world.now
  actor.world.write(actor.person, where, { video_chat_started: {} })
}

/** Invites people to the video chat of a group. */
export function inviteToVideoChat(
  actor: Actor,
  group: SimulatedGroup,
  invited: readonly { readonly id: number }[],
): void {
  const where = managedBy(actor, group)
  expectVideoChat(where, true)
  const users = invited.map(({ id }) => actor.world.userOf(id)).filter((user) => user !== undefined)
  actor.world.write(actor.person, where, { video_chat_participants_invited: { users } })
}

/** Ends a video chat. */
export function endVideoChat(actor: Actor, group: SimulatedGroup): void {
  const where = managedBy(actor, group)
  const since = expectVideoChat(where, true)
  where.extras.videoChatSince = undefined
  const duration = actor.world.now - since
  actor.world.write(actor.person, where, { video_chat_ended: { duration } })
}

function managedBy(actor: Actor, group: SimulatedGroup): Conversation {
  const where = groupAdministeredBy(actor, group)
  if (hasRight(where.memberOf(actor.person.user), "can_manage_video_chats")) return where
  throw new TypeError(`${nameOf(actor)} may not manage video chats in "${group.title}"`)
}

function expectVideoChat({ chat, extras }: Conversation, isExpected: boolean): number {
  const { videoChatSince: since } = extras
  if ((since !== undefined) === isExpected) return since ?? 0
  throw new TypeError(`"${chat.title}" has ${isExpected ? "no" : "a"} video chat`)
}
