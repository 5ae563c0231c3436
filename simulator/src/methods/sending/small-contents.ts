import { CallError } from "../../ground/call-error.js"
import type { Location, Venue } from "@grammyjs/types"
import { diceSides, throwDice } from "../../world/dice.js"
import type { MessageContent } from "../../world/world.js"
import type { Arguments } from "../../arguments/arguments.js"
import { requiredText } from "../required-argument.js"
import type { Call } from "../method.js"

/** Returns the content of a location message. */
export function locationContent({ args }: Call): MessageContent {
  const live_period = args.integer("live_period", 0, 0, 2 ** 31 - 1)
  if (live_period !== 0 && live_period !== 2 ** 31 - 1) {
    if (live_period < 60 || live_period > 86_400) {
      throw CallError.badRequest("wrong live location period specified")
    }
  }
  return { location: { ...locationArgument(args), ...(live_period > 0 && { live_period }) } }
}

/** Returns the content of a venue message. */
export function venueContent({ args }: Call): MessageContent {
  const venue = venueArgument(args)
  return { venue, location: venue.location }
}

/** Returns the venue in the parameters of a call. */
export function venueArgument(args: Arguments): Venue {
  return {
    location: locationArgument(args),
    title: needed(args, "title", "title must be non-empty"),
    address: needed(args, "address", "address must be non-empty"),
    ...optional(args, ["foursquare_id", "foursquare_type", "google_place_id", "google_place_type"]),
  }
}

/** Returns the content of a contact message. */
export function contactContent({ args }: Call): MessageContent {
  return {
    contact: {
      phone_number: requiredText(args, "phone_number").trim(),
      first_name: requiredText(args, "first_name").trim(),
      ...optional(args, ["last_name", "vcard"]),
    },
  }
}

/** Returns the content of a dice message. */
export function diceContent({ args, world }: Call): MessageContent {
  const emoji = (args.text("emoji") || "🎲").replaceAll("\uFE0F", "")
  if (diceSides[emoji] === undefined) throw CallError.badRequest("wrong dice emoji specified")
  return { dice: throwDice(emoji, world) }
}

/** Returns the location in `latitude` and `longitude`. */
export function locationArgument(args: Arguments): Location {
  const latitude = coordinate(args, "latitude", 90)
  const longitude = coordinate(args, "longitude", 180)
  const accuracy = Number(args.text("horizontal_accuracy"))
  const heading = args.integer("heading", 0, 0, 360)
  const radius = args.integer("proximity_alert_radius", 0, 0, 100_000)
  return {
    latitude,
    longitude,
    ...(accuracy > 0 && { horizontal_accuracy: Math.min(accuracy, 1500) }),
    ...(heading > 0 && { heading }),
    ...(radius > 0 && { proximity_alert_radius: radius }),
  }
}

function coordinate(args: Arguments, name: string, max: number): number {
  if (args.text(name) === "") throw CallError.badRequest(`${name} is empty`)
  const value = Number(args.text(name))
  if (Number.isFinite(value) && Math.abs(value) <= max) return value
  throw CallError.badRequest("invalid location specified")
}

function needed(args: Arguments, name: string, refusal: string): string {
  const text = args.text(name).trim()
  if (text === "") throw CallError.badRequest(refusal)
  return text
}

function optional(args: Arguments, names: readonly string[]): Record<string, string> {
  const presentNames = names.filter((name) => args.text(name) !== "")
  return Object.fromEntries(presentNames.map((name) => [name, args.text(name)]))
}
