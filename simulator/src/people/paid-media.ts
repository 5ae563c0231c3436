import type { Message, PaidMedia } from "@grammyjs/types"
import { billKey } from "../world/payments.js"
import type { Actor } from "./actor.js"
import { placeOf } from "./messages.js"

/** Buys the paid media of a message with Telegram Stars. */
export function buyMedia(actor: Actor, message: Message): readonly PaidMedia[] {
  const { person, world } = actor
  const where = placeOf(actor, message)
  const paid = where.messages.get(message.message_id)?.paid_media
  const author = where.authors.get(message.message_id) ?? world.bots.get(message.from?.id ?? 0)
  if (paid === undefined || author === undefined)
    throw new TypeError("Expected paid media of a bot")
  const { me } = author
  const payload = world.payments.paidMedia.get(billKey(where.chat.id, message.message_id, me.id))
  const { star_count: amount, paid_media } = paid
  world.stars.of(me.id).record({
    ...{ id: `media_${world.newId()}`, amount, date: world.now },
    source: {
      ...{ type: "user", transaction_type: "paid_media_payment", user: person.user, paid_media },
      ...(payload !== undefined && { paid_media_payload: payload }),
    },
  })
  // A bot is told only of media with a payload, outside of channels.
  if (payload !== undefined && where.chat.type !== "channel") {
    author.push("purchased_paid_media", { from: person.user, paid_media_payload: payload })
  }
  return paid_media
}
