import type { Arguments } from "../arguments/arguments.js"
import { permissionNames } from "../world/permissions.js"
import { flagField, reading, type Fields } from "./fields.js"
import { objectArgument } from "./json-argument.js"

/** Returns the checked `permissions` of a call; `undefined` without the parameter. */
export function permissionsArgument(args: Arguments): Fields | undefined {
  const given = objectArgument(args, "permissions", "permissions")
  if (given === undefined) return undefined
  reading("Can't parse chat permissions", () => {
    for (const name of [...permissionNames, "can_send_media_messages"]) flagField(given, name)
  })
  return given
}

const formerNames = [
  ...["can_send_messages", "can_send_media_messages"],
  ...["can_send_other_messages", "can_add_web_page_previews"],
] as const

/**
 * Returns the permissions in the parameters from before 2019, which Telegram's server still accepts.
 * All of them together lift a restriction.
 */
export function formerPermissions(args: Arguments): Fields {
  const named = formerNames.map((name) => [name, args.flag(name)] as const)
  if (!named.every(([, isGiven]) => isGiven)) return Object.fromEntries(named)
  return Object.fromEntries(permissionNames.map((name) => [name, true]))
}
