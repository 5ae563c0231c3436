import type { Command } from "../world/bot-profile.js"
import { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { knownChat } from "./chat-argument.js"
import { arrayArgument, objectArgument, textField, type Fields } from "./json-argument.js"
import type { Call, MethodTable } from "./method.js"

/** Methods for a bot's menu of commands. */
export const commandMethods: MethodTable = { setMyCommands, getMyCommands, deleteMyCommands }

const maxCommands = 100

function setMyCommands(call: Call): true {
  const { bot, args, world } = call
  const names = { noun: "commands", items: "BotCommand" }
  const commands = args.text("commands") === "" ? [] : arrayArgument(args, "commands", names)
  if (commands.length > maxCommands) throw CallError.badRequest("too many commands specified")
  menusOf(call).set(
    scopeKey(call),
    commands.map((command) => checked(command)),
  )
  world.changes.announce({ kind: "commands", bot })
  return true
}

function getMyCommands(call: Call): readonly Command[] {
  return menusOf(call).get(scopeKey(call)) ?? []
}

function deleteMyCommands(call: Call): true {
  menusOf(call).delete(scopeKey(call))
  call.world.changes.announce({ kind: "commands", bot: call.bot })
  return true
}

function menusOf({ bot, world }: Call): Map<string, readonly Command[]> {
  return world.profiles.of(bot.me.id).commands
}

function scopeKey(call: Call): string {
  const { args } = call
  const scope = objectArgument(args, "scope", "BotCommandScope") ?? { type: "default" }
  const type = textField(scope, "type")
  if (!scopeTypes.has(type)) {
    throw CallError.badRequest("can't parse BotCommandScope: unsupported type specified")
  }
  const chat = type.startsWith("chat") ? { chat_id: chatIdOf(call, scope) } : {}
  const member = type === "chat_member" ? { user_id: Number(scope["user_id"]) } : {}
  return `${args.text("language_code")} ${JSON.stringify({ type, ...chat, ...member })}`
}

const scopeTypes = new Set(
  (
    "default all_private_chats all_group_chats all_chat_administrators " +
    "chat chat_administrators chat_member"
  ).split(" "),
)

function chatIdOf(call: Call, scope: Fields): number {
  const args = new Arguments()
  args.add("chat_id", String(scope["chat_id"] ?? ""))
  return knownChat({ ...call, args }).chat.id
}

function checked(value: unknown): Command {
  const isObject = typeof value === "object" && value !== null
  const name = isObject && "command" in value ? value.command : undefined
  const description = isObject && "description" in value ? value.description : undefined
  if (typeof name !== "string" || typeof description !== "string") {
    throw CallError.badRequest("can't parse BotCommand: Expected an Object with strings")
  }
  const command = name.replace(/^\//, "")
  if (!/^[a-z0-9_]{1,32}$/.test(command)) throw CallError.badRequest("BOT_COMMAND_INVALID")
  if (description.length < 1 || description.length > 256) {
    throw CallError.badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
  }
  const isEphemeral = isObject && "is_ephemeral" in value && value.is_ephemeral === true
  return { command, description, ...(isEphemeral && { is_ephemeral: true as const }) }
}
