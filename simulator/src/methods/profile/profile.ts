import type { BotAccount } from "../../account/bot-account.js"
import { CallError } from "../../api/call-error.js"
import { photoOf } from "../../world/stored-media.js"
import { objectArgument, textField } from "../json-argument.js"
import { userArgument } from "../member-argument.js"
import { knownChat } from "../chat-argument.js"
import type { Call, Method, MethodTable } from "../method.js"

/** How bots and people present themselves. */
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

const kept = new WeakMap<BotAccount, Map<string, unknown>>()

function sets(field: string, max: number): Method {
  return ({ args, bot, world }: Call): true => {
    const text = args.text(field).trim()
    if ([...text].length > max) throw CallError.badRequest(`${refusalNames[field]}_TOO_LONG`)
    const language = args.text("language_code")
    valuesOf(bot).set(`${field} ${language}`, text)
    if (field === "name" && language === "" && text !== "") {
      bot.me = { ...bot.me, first_name: text }
      world.changes.announce({ kind: "bot", bot })
    }
    return true
  }
}

const refusalNames: Readonly<Record<string, string>> = {
  name: "BOT_TITLE",
  description: "BOT_DESCRIPTION",
  short_description: "BOT_ABOUT",
}

// What is not said in a language is said in no language, and the name is always there.
function gets(field: string): Method {
  return ({ args, bot }: Call) => {
    const values = valuesOf(bot)
    const told = values.get(`${field} ${args.text("language_code")}`) || values.get(`${field} `)
    return { [field]: told || (field === "name" ? bot.me.first_name : "") }
  }
}

function setChatMenuButton(call: Call): true {
  const { args, bot } = call
  const button = objectArgument(args, "menu_button", "object expected as menu button") ?? {}
  const type = textField(button, "type") || "default"
  if (!["commands", "default", "web_app"].includes(type)) {
    throw CallError.badRequest("can't parse menu button: unsupported type specified")
  }
  valuesOf(bot).set(menuKey(call), { ...button, type })
  return true
}

function getChatMenuButton(call: Call): unknown {
  const values = valuesOf(call.bot)
  return values.get(menuKey(call)) ?? values.get("menu ") ?? { type: "commands" }
}

function menuKey(call: Call): string {
  if (call.args.text("chat_id") === "") return "menu "
  const { chat } = knownChat(call)
  if (chat.type !== "private") throw CallError.badRequest("chat must be a private chat")
  return `menu ${chat.id}`
}

function getUserProfilePhotos(call: Call): object {
  const { id } = userArgument(call)
  const photos = call.world.people.get(id)?.photos ?? []
  const offset = call.args.integer("offset", 0, 0, 2 ** 31)
  const limit = call.args.integer("limit", 100, 1, 100)
  const shown = photos.slice(offset, offset + limit)
  return { total_count: photos.length, photos: shown.map((file) => photoOf(file)) }
}

function valuesOf(bot: BotAccount): Map<string, unknown> {
  const known = kept.get(bot)
  if (known !== undefined) return known
  const fresh = new Map<string, unknown>()
  kept.set(bot, fresh)
  return fresh
}
