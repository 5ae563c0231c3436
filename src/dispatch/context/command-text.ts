import type { Message } from "../../telegram/types.js"
import { type LeadingCommand, leadingCommand } from "../filters/leading-command.js"

/** The command at the beginning of a message. */
export interface CommandText extends LeadingCommand {
  /** The command's name, without the slash, in lower case. */
  readonly name: string
  /** The command's name as it was written. */
  readonly written: string
  /** The username after the `@`, in lower case; `undefined` for a command without one. */
  readonly addressee: string | undefined
}

/** Returns the command at the beginning of a message; `undefined` if there is none. */
export function commandText(message: Message | undefined): CommandText | undefined {
  const command = leadingCommand(message)
  if (!command) return undefined
  const { text, end, isCaption } = command
  const nameAndAddressee = text.slice(1, end)
  const at = nameAndAddressee.indexOf("@")
  const written = at < 0 ? nameAndAddressee : nameAndAddressee.slice(0, at)
  const addressee = at < 0 ? undefined : nameAndAddressee.slice(at + 1).toLowerCase()
  return { name: written.toLowerCase(), written, addressee, text, end, isCaption }
}

/**
 * Returns the key for the lookup of a command's handlers. Commands in captions have separate keys, because
 * most handlers do not match them.
 */
export function commandKey(name: string, isCaption: boolean): string {
  return isCaption ? `caption:${name}` : name
}

/**
 * Returns the name of a command in lower case.
 *
 * @throws TypeError for a name that cannot be a command of Telegram
 */
export function commandName(name: unknown): string {
  if (typeof name === "string" && name.startsWith("/")) {
    throw new TypeError(
      `Expected a command's name without the slash, got "${name}": leave the slash out.`,
    )
  }
  if (typeof name !== "string" || !/^[a-z0-9_]{1,64}$/i.test(name)) {
    const got = typeof name === "string" ? JSON.stringify(name) : `a value of type ${typeof name}`
    throw new TypeError(
      `Expected a command's name of 1 to 64 letters a-z, digits and underscores, or a RegExp, got ${got}.`,
    )
  }
  return name.toLowerCase()
}
