import { CallError } from "../../ground/call-error.js"
import { privateChatOf } from "../../world/identity.js"
import type { Person } from "../../world/person.js"
import { everyGift } from "../../world/person-profile.js"
import type { World } from "../../world/world.js"
import { flagField, type Fields } from "../fields.js"
import { objectArgument } from "../json-argument.js"
import type { Call, MethodTable } from "../method.js"
import { profilePhoto } from "../profile/profile-photo.js"
import { requiredText } from "../required-argument.js"
import { accountWith } from "./connection.js"

/** Methods that change the profile of a business account. */
export const accountProfileMethods: MethodTable = {
  setBusinessAccountName,
  setBusinessAccountUsername,
  setBusinessAccountBio,
  setBusinessAccountProfilePhoto,
  removeBusinessAccountProfilePhoto,
  setBusinessAccountGiftSettings,
}

const maxName = 64
const maxBio = 140

function setBusinessAccountName(call: Call): true {
  const { person } = accountWith(call, "can_edit_name")
  const first_name = requiredText(call.args, "first_name").trim().slice(0, maxName)
  if (first_name === "") throw CallError.badRequest("FIRSTNAME_INVALID")
  const last_name = call.args.text("last_name").trim().slice(0, maxName)
  const { last_name: _, ...user } = person.user
  rename(call.world, person, { ...user, first_name, ...(last_name !== "" && { last_name }) })
  return true
}

function setBusinessAccountUsername(call: Call): true {
  const { person } = accountWith(call, "can_edit_username")
  const username = call.args.text("username")
  if (username !== "" && !/^[a-z]\w{3,31}$/i.test(username)) {
    throw CallError.badRequest("USERNAME_INVALID")
  }
  if (isTaken(call, username, person)) throw CallError.badRequest("USERNAME_OCCUPIED")
  const { username: _, ...user } = person.user
  rename(call.world, person, { ...user, ...(username !== "" && { username }) })
  return true
}

function isTaken({ world }: Call, username: string, person: Person): boolean {
  const name = username.toLowerCase()
  const others = [...world.people.values()].filter((each) => each !== person)
  const users = [...others.map(({ user }) => user), ...[...world.bots.values()].map(({ me }) => me)]
  return (
    world.publicChat(username) !== undefined ||
    users.some((each) => each.username !== undefined && each.username.toLowerCase() === name)
  )
}

// Bots see the new name in the private chats, too.
function rename(world: World, person: Person, user: Person["user"]): void {
  person.user = user
  world.changes.announce({ kind: "person", person })
  for (const where of [...world.conversations(), ...world.business.chats()]) {
    if (where.chat.id === user.id) world.redescribe(where, privateChatOf(user))
  }
}

function setBusinessAccountBio(call: Call): true {
  const { person } = accountWith(call, "can_edit_bio")
  const bio = call.args.text("bio").trim()
  if ([...bio].length > maxBio) throw CallError.badRequest("ABOUT_TOO_LONG")
  person.profile.bio = bio
  return true
}

// The public photo is shown to people from whom privacy settings hide the others: it is the last one.
function setBusinessAccountProfilePhoto(call: Call): true {
  const { person } = accountWith(call, "can_edit_profile_photo")
  const photo = profilePhoto(call)
  if (call.args.flag("is_public")) person.photos.push(photo)
  else person.photos.unshift(photo)
  return true
}

function removeBusinessAccountProfilePhoto(call: Call): true {
  const { person } = accountWith(call, "can_edit_profile_photo")
  const removed = call.args.flag("is_public") ? person.photos.pop() : person.photos.shift()
  if (removed === undefined) throw CallError.badRequest("PHOTO_ID_INVALID")
  return true
}

function setBusinessAccountGiftSettings(call: Call): true {
  const { profile } = accountWith(call, "can_change_gift_settings").person
  requiredText(call.args, "accepted_gift_types")
  const given: Fields = objectArgument(call.args, "accepted_gift_types", "AcceptedGiftTypes") ?? {}
  const names = Object.keys(everyGift())
  const accepted = Object.fromEntries(names.map((name) => [name, flagField(given, name)]))
  profile.acceptedGifts = { ...everyGift(), ...accepted }
  profile.showsGiftButton = call.args.flag("show_gift_button")
  return true
}
