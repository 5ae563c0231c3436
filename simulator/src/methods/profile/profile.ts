import type { BotProfile } from "../../world/bot-profile.js"
import { CallError } from "../../ground/call-error.js"
import { photoOf } from "../../world/media/stored-media.js"
import type { StoredFile } from "../../world/file-store.js"
import { userArgument } from "../member-argument.js"
import { knownChat } from "../chat-argument.js"
import type { Call, Method, MethodTable } from "../method.js"
import {
  expectObject,
  partError,
  reading,
  requiredObjectField,
  requiredTextField,
} from "../fields.js"
import { jsonArgument } from "../json-argument.js"

/** Methods for names, descriptions, menu buttons and photos. */
export const profileMethods: MethodTable = {
  setMyName: sets("name", 64),
  getMyName: gets("name"),
  setMyDescription: sets("description", 512),
  getMyDescription: gets("description"),
  setMyShortDescription: sets("short_description", 120),
  getMyShortDescription: gets("short_description"),
  setChatMenuButton,
  getChatMenuButton,
  getUserProfilePhotos,
}

function sets(field: string, max: number): Method {
  return (call: Call): true => {
    const { args, bot, world } = call
    const text = args.text(field).trim()
    if ([...text].length > max) throw CallError.badRequest(`${refusalNames[field]}_TOO_LONG`)
    const language = args.text("language_code")
    profileOf(call).texts.set(`${field} ${language}`, text)
    if (field === "name" && language === "" && text !== "") {
      bot.me = { ...bot.me, first_name: text }
    }
    world.changes.announce({ kind: "bot", bot })
    return true
  }
}

const refusalNames: Readonly<Record<string, string>> = {
  name: "BOT_TITLE",
  description: "BOT_DESCRIPTION",
  short_description: "BOT_ABOUT",
}

// A text that is missing in a language falls back to the text without a language; a name always
// exists.
function gets(field: string): Method {
  return (call: Call) => {
    const { args, bot } = call
    const { texts } = profileOf(call)
    const told = texts.get(`${field} ${args.text("language_code")}`) || texts.get(`${field} `)
    return { [field]: told || (field === "name" ? bot.me.first_name : "") }
  }
}

function setChatMenuButton(call: Call): true {
  profileOf(call).menuButtons.set(menuKey(call), menuButton(call))
  call.world.changes.announce({ kind: "bot", bot: call.bot })
  return true
}

function getChatMenuButton(call: Call): unknown {
  const { menuButtons } = profileOf(call)
  return menuButtons.get(menuKey(call)) ?? menuButtons.get(undefined) ?? { type: "commands" }
}

function menuButton({ args }: Call): object {
  if (args.text("menu_button") === "") return { type: "default" }
  const value = jsonArgument(args, "menu_button", "menu button")
  return reading("Can't parse menu button", () => {
    const button = expectObject(value, "MenuButton must be an Object")
    const type = requiredTextField(button, "type")
    if (type === "default" || type === "commands") return { type }
    if (type !== "web_app") throw partError("MenuButton has unsupported type")
    requiredTextField(button, "text")
    requiredTextField(requiredObjectField(button, "web_app"), "url")
    return button
  })
}

function menuKey(call: Call): number | undefined {
  if (call.args.text("chat_id") === "") return undefined
  const { chat } = knownChat(call)
  if (chat.type !== "private") throw CallError.badRequest("chat must be a private chat")
  return chat.id
}

function getUserProfilePhotos(call: Call): object {
  const { id } = userArgument(call)
  const photos = call.world.people.get(id)?.photos ?? photosOfBot(call, id)
  const offset = call.args.integer("offset", 0, 0, 2 ** 31)
  const limit = call.args.integer("limit", 100, 1, 100)
  const page = photos.slice(offset, offset + limit)
  return { total_count: photos.length, photos: page.map((file) => photoOf(file)) }
}

function photosOfBot({ world }: Call, id: number): readonly StoredFile[] {
  const photo = world.files.find(world.profiles.of(id).photo ?? "")
  return photo === undefined ? [] : [photo]
}

function profileOf({ bot, world }: Call): BotProfile {
  return world.profiles.of(bot.me.id)
}
