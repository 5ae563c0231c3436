import type { Message } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { markupArgument } from "../markup-argument.js"
import { ownMessage, type PlacedMessage } from "../message-argument.js"
import type { Call } from "../method.js"
import { locationArgument } from "../sending/small-contents.js"

/** Updates a live location. */
export function editMessageLiveLocation(call: Call): Message | true {
  const placed = ownMessage(call)
  const { live_period: currentPeriod = 0 } = liveLocation(call, placed)
  const requestedPeriod = call.args.integer("live_period", 0, 0, 2 ** 31 - 1)
  const live_period =
    requestedPeriod === 0 ? currentPeriod : livePeriod(call, placed, requestedPeriod)
  return show(call, placed, { ...locationArgument(call.args), live_period })
}

/** Stops a live location. */
export function stopMessageLiveLocation(call: Call): Message | true {
  const placed = ownMessage(call)
  const { live_period: _, heading: __, ...place } = liveLocation(call, placed)
  return show(call, placed, place)
}

// The period counts from the message; it may only grow, and by at most a day.
function livePeriod({ world }: Call, { message }: PlacedMessage, requestedPeriod: number): number {
  const currentPeriod = message.location?.live_period ?? 0
  const isRight =
    requestedPeriod === 2 ** 31 - 1 ||
    (requestedPeriod >= currentPeriod && message.date + requestedPeriod > world.now)
  if (isRight && (requestedPeriod === 2 ** 31 - 1 || requestedPeriod <= currentPeriod + 86_400))
    return requestedPeriod
  throw CallError.badRequest("wrong live location period specified")
}

function liveLocation({ world }: Call, { message }: PlacedMessage) {
  const { location, date } = message
  const period = location?.live_period
  if (location === undefined || period === undefined) {
    throw CallError.badRequest("there is no live location in the message to edit")
  }
  const isOver = period !== 2 ** 31 - 1 && date + period < world.now
  if (isOver) throw CallError.badRequest("message can't be edited")
  return location
}

function show(
  call: Call,
  { where, message, isInline }: PlacedMessage,
  location: NonNullable<Message["location"]>,
): Message | true {
  const markup = markupArgument(call.args)
  const { reply_markup: _, ...rest } = message
  const changed = { ...rest, location, ...(markup !== undefined && { reply_markup: markup }) }
  const edited = call.world.edit(where, { ...changed, edit_date: call.world.now })
  return isInline ? true : edited
}
