import type { BusinessBotRights, BusinessConnection, Message } from "@grammyjs/types"
import { connectionView, type Connected } from "../world/business-accounts.js"
import { accountOf, nameOf, type Actor } from "./actor.js"
import { placeOf } from "./messages.js"
import type { SimulatedBot } from "./simulated-bot.js"

/** The rights that a person gives to a connected bot if the test names none. */
const usualRights: BusinessBotRights = {
  can_reply: true,
  can_read_messages: true,
  can_delete_outgoing_messages: true,
}

/** Connects a bot to the account of a person, or changes its rights. The bot is notified. */
export function connect(
  { person, world }: Actor,
  bot: SimulatedBot,
  rights: BusinessBotRights = usualRights,
): BusinessConnection {
  const account = accountOf({ person, world }, bot)
  if (!account.me.can_connect_to_business) {
    throw new TypeError(
      `@${bot.username} has no business mode: create it with can_connect_to_business`,
    )
  }
  const present = world.business.of(person)
  const id = present?.bot === account ? present.id : world.newInlineId()
  const date = world.now
  return told({ world }, { id, person, bot: account, rights, isEnabled: true, date })
}

/** Ends the connection of a bot to the account of a person. The bot is notified. */
export function disconnect(actor: Actor, bot: SimulatedBot): void {
  const connection = actor.world.business.of(actor.person)
  if (connection?.bot.me.id !== bot.id || !connection.isEnabled) {
    throw new TypeError(`${nameOf(actor)} has not connected @${bot.username}`)
  }
  told(actor, { ...connection, isEnabled: false })
}

function told({ world }: Pick<Actor, "world">, connection: Connected): BusinessConnection {
  world.business.connect(connection)
  const view = connectionView(connection)
  connection.bot.push("business_connection", view)
  return view
}

/** Deletes messages of one chat. The bot of a business account is notified, other bots are not. */
export function deleteMessages(actor: Actor, messages: readonly Message[]): void {
  const { person, world } = actor
  const [first] = messages
  if (first === undefined) return
  const where = placeOf(actor, first)
  const isPrivate = where.chat.type === "private"
  for (const { from, message_id } of messages) {
    if (!isPrivate && from?.id !== person.user.id) {
      throw new TypeError(`${nameOf(actor)} can delete only own messages`)
    }
    world.remove(where, message_id)
  }
  const connection = where.owner && world.business.of(where.owner)
  if (connection?.isEnabled !== true) return
  connection.bot.push("deleted_business_messages", {
    business_connection_id: connection.id,
    chat: where.chat,
    message_ids: messages.map(({ message_id }) => message_id),
  })
}
