import type { Arguments } from "../arguments/arguments.js"
import { rightsIn } from "../world/members.js"
import { expectObject, flagField, reading, type Fields } from "./fields.js"
import { jsonArgument } from "./json-argument.js"

const rights = new Set(["is_anonymous", ...rightsIn("supergroup"), ...rightsIn("channel")])

/** Returns the rights of administrators in a parameter; none if it is missing. */
export function rightsArgument(args: Arguments, name: string): Fields {
  if (args.text(name) === "") return {}
  const value = jsonArgument(args, name, "ChatAdministratorRights")
  return reading("Can't parse ChatAdministratorRights", () => checkRights(value))
}

/** Returns a value as rights of administrators. Throws Telegram's error for an invalid one. */
export function checkRights(value: unknown): Fields {
  const fields = expectObject(value, "ChatAdministratorRights must be an Object")
  for (const right of rights) flagField(fields, right)
  return fields
}
