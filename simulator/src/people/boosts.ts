import type { ChatBoost } from "@grammyjs/types"
import type { Conversation } from "../world/conversation.js"
import { userOfBot } from "../world/identity.js"
import { isAdministrator } from "../world/members.js"
import { anyGroup, nameOf, type Actor } from "./actor.js"
import type { SimulatedGroup } from "./simulated-group.js"

/** The days for which a boost of a Premium user lasts. */
const boostSeconds = 30 * 86_400

/** Boosts a supergroup or channel. The bots among its administrators are notified. */
export function boost(actor: Actor, group: SimulatedGroup): ChatBoost {
  const { person, world } = actor
  const where = anyGroup(actor, group)
  if (where.chat.type === "group") throw new TypeError("A basic group has no boosts")
  if (person.user.is_premium !== true) throw new TypeError(`${nameOf(actor)} has no Premium`)
  const given: ChatBoost = {
    boost_id: world.newInlineId().slice(0, 16),
    add_date: world.now,
    expiration_date: world.now + boostSeconds,
    source: { source: "premium", user: person.user },
  }
  where.extras.boosts = [{ personId: person.user.id, boost: given }, ...where.extras.boosts]
  if (where.chat.type === "supergroup" && where.people.has(person)) {
    world.write(person, where, { boost_added: { boost_count: 1 } })
  }
  tell(where, "chat_boost", { chat: where.chat, boost: given })
  return given
}

/** Takes the boosts of a chat back. The bots among its administrators are notified. */
export function unboost(actor: Actor, group: SimulatedGroup): void {
  const { person, world } = actor
  const where = anyGroup(actor, group)
  const own = where.extras.boosts.filter(({ personId }) => personId === person.user.id)
  if (own.length === 0) throw new TypeError(`${nameOf(actor)} has not boosted "${group.title}"`)
  where.extras.boosts = where.extras.boosts.filter((each) => !own.includes(each))
  for (const {
    boost: { boost_id, source },
  } of own) {
    const removal = { chat: where.chat, boost_id, remove_date: world.now, source }
    tell(where, "removed_chat_boost", removal)
  }
}

/** Returns the number of boosts that a person has given to a supergroup. */
export function boostsOf({ person }: Actor, where: Conversation): number {
  if (where.chat.type !== "supergroup") return 0
  return where.extras.boosts.filter(({ personId }) => personId === person.user.id).length
}

function tell(where: Conversation, type: "chat_boost" | "removed_chat_boost", payload: object) {
  for (const bot of where.bots) {
    if (isAdministrator(where.memberOf(userOfBot(bot.me)))) bot.push(type, payload)
  }
}
