import type { Message } from "@grammyjs/types"
import { SimulatedGroup } from "./simulated-group.js"
import { createTopic, setTopicClosed } from "../world/forum.js"
import type { Conversation } from "../world/conversation.js"
import { hasRight, isPresent } from "../world/members.js"
import { pin, unpin } from "../world/pins.js"
import { iconColors, type Topic } from "../world/topic.js"
import { upgrade } from "../world/upgrade.js"
import { groupAdministeredBy, nameOf, type Actor } from "./actor.js"
import { placeOf } from "./messages.js"

/** Creates a topic in a forum. */
export function openTopic(actor: Actor, group: SimulatedGroup, name: string): Topic {
  const where = groupAdministeredBy(actor, group)
  if (where.chat.is_forum !== true) throw new TypeError(`"${group.title}" has no topics`)
  if (name === "" || name.length > 128)
    throw new TypeError("A topic's name has 1 to 128 characters")
  const iconColor = iconColors[where.topics.size % iconColors.length] ?? 0
  return createTopic(actor.world, where, { by: actor.person.user, name, iconColor })
}

/** Closes or reopens a topic. */
export function closeTopic(
  actor: Actor,
  group: SimulatedGroup,
  topic: { id: number; isClosed: boolean },
): void {
  const where = groupAdministeredBy(actor, group)
  const known = where.topics.get(topic.id)
  if (known === undefined) throw new TypeError("Expected the id of a topic")
  const change = { by: actor.person.user, topic: known, isClosed: topic.isClosed }
  setTopicClosed(actor.world, where, change)
}

/** Changes the title of a group. */
export function rename(actor: Actor, group: SimulatedGroup, title: string): void {
  const where = groupAdministeredBy(actor, group)
  const { chat } = where
  if (chat.type === "private") return
  actor.world.redescribe(where, { ...chat, title })
  actor.world.write(actor.person, where, { new_chat_title: title })
}

/** Sets the seconds after which the clients delete messages of a group; 0 keeps them. */
export function setAutoDelete(actor: Actor, group: SimulatedGroup, seconds: number): void {
  const where = groupAdministeredBy(actor, group)
  if (!Number.isInteger(seconds) || seconds < 0) {
    throw new TypeError("Expected the seconds to be an integer of at least 0")
  }
  where.extras.autoDeleteTime = seconds
  const message_auto_delete_timer_changed = { message_auto_delete_time: seconds }
  actor.world.write(actor.person, where, { message_auto_delete_timer_changed })
}

/** Upgrades a basic group to a supergroup. */
export function upgradeGroup(actor: Actor, group: SimulatedGroup): SimulatedGroup {
  const where = groupAdministeredBy(actor, group)
  if (where.chat.type !== "group" || where.upgradedTo !== undefined) {
    throw new TypeError(`"${group.title}" is not a basic group`)
  }
  return new SimulatedGroup(upgrade(actor.world, where, actor.person), actor.world)
}

/** Pins a message. */
export function pinMessage(actor: Actor, message: Message): void {
  pin(actor.world, pinnablePlace(actor, message), { by: actor.person.user, message })
}

/** Unpins a message. */
export function unpinMessage(actor: Actor, message: Message): void {
  unpin(actor.world, pinnablePlace(actor, message), [message.message_id])
}

function pinnablePlace(actor: Actor, message: Message): Conversation {
  const where = placeOf(actor, message)
  if (mayPin(actor, where)) return where
  throw new TypeError(`${nameOf(actor)} may not pin messages in "${where.chat.title}"`)
}

function mayPin({ person }: Actor, where: Conversation): boolean {
  const { chat, permissions } = where
  if (chat.type === "private") return true
  const who = where.memberOf(person.user)
  if (chat.type === "channel") return hasRight(who, "can_edit_messages")
  return hasRight(who, "can_pin_messages") || (isPresent(who) && permissions.can_pin_messages)
}
