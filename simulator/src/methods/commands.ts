import type { Command } from "../world/bot-profile.js"
import { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { knownChat } from "./chat-argument.js"
import type { Call, MethodTable } from "./method.js"
import {
  expectObject,
  flagField,
  partError,
  reading,
  requiredNumberField,
  requiredTextField,
  textField,
  type Fields,
} from "./fields.js"
import { arrayArgument, jsonArgument } from "./json-argument.js"

/** Methods for a bot's menu of commands. */
export const commandMethods: MethodTable = { setMyCommands, getMyCommands, deleteMyCommands }

const maxCommands = 100

function setMyCommands(call: Call): true {
  const { bot, args, world } = call
  const names = { noun: "commands", items: "BotCommand" }
  const commands = args.text("commands") === "" ? [] : arrayArgument(args, "commands", names)
  const read = commands.map((command) =>
    reading("Can't parse BotCommand", () => commandOf(command)),
  )
  if (read.length > maxCommands) throw CallError.badRequest("too many commands specified")
  const key = scopeKey(call)
  menusOf(call).set(
    key,
    read.map((command) => checked(command)),
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
  const scope = scopeArgument(call)
  const type = textField(scope, "type")
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

function scopeArgument({ args }: Call): Fields {
  if (args.text("scope") === "") return { type: "default" }
  const value = jsonArgument(args, "scope", "BotCommandScope")
  return reading("Can't parse BotCommandScope", () => {
    const scope = expectObject(value, "BotCommandScope must be an Object")
    const type = requiredTextField(scope, "type")
    if (!scopeTypes.has(type)) throw partError("Unsupported type specified")
    if (!type.startsWith("chat")) return scope
    if (requiredTextField(scope, "chat_id") === "") throw partError("Empty chat_id specified")
    if (type === "chat_member" && requiredNumberField(scope, "user_id") <= 0) {
      throw partError("Invalid user_id specified")
    }
    return scope
  })
}

function chatIdOf(call: Call, scope: Fields): number {
  const args = new Arguments()
  args.add("chat_id", textField(scope, "chat_id"))
  return knownChat({ ...call, args }).chat.id
}

function commandOf(value: unknown): Command {
  const fields = expectObject(value, "expected an Object")
  const command = requiredTextField(fields, "command").replace(/^\//, "")
  const description = requiredTextField(fields, "description")
  const isEphemeral = flagField(fields, "is_ephemeral")
  return { command, description, ...(isEphemeral && { is_ephemeral: true as const }) }
}

function checked(command: Command): Command {
  if (!/^[a-z0-9_]{1,32}$/.test(command.command)) throw CallError.badRequest("BOT_COMMAND_INVALID")
  const { length } = command.description
  if (length < 1 || length > 256) throw CallError.badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
  return command
}
