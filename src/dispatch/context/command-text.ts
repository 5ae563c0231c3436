import type { Message } from "../../telegram/types.js"
import { type LeadingCommand, leadingCommand } from "../filters/leading-command.js"

/** The command at the beginning of a message. */
export interface CommandText extends LeadingCommand {
  /** The command's name, without the slash, in lower case. */
  readonly name: string
  /** The command's name as it was written. */
  readonly written: string
  /** The bot named behind an `@`, in lower case. */
  readonly addressee: string | undefined
}

/** Returns the command that a message begins with; `undefined` where it begins with none. */
export function commandText(message: Message | undefined): CommandText | undefined {
  const found = leadingCommand(message)
  if (!found) return undefined
  const { text, end, isCaption } = found
  const words = text.slice(1, end)
  const at = words.indexOf("@")
  const written = at < 0 ? words : words.slice(0, at)
  const addressee = at < 0 ? undefined : words.slice(at + 1).toLowerCase()
  return { name: written.toLowerCase(), written, addressee, text, end, isCaption }
}

/**
 * The key under which the handlers of a command are looked up. A command in a caption has one of its
 * own: most handlers want none.
 */
export function commandKey(name: string, isCaption: boolean): string {
  return isCaption ? `caption:${name}` : name
}

/**
 * Returns a command's name as it is looked up: in lower case.
 *
 * @throws TypeError for a name that Telegram marks in no message
 */
export function commandName(name: unknown): string {
  if (typeof name === "string" && name.startsWith("/")) {
    throw new TypeError(`Expected a command's name without the slash, got "${name}": leave it out.`)
  }
  if (typeof name !== "string" || !/^[a-z0-9_]{1,64}$/i.test(name)) {
    const got = typeof name === "string" ? JSON.stringify(name) : `a value of type ${typeof name}`
    throw new TypeError(
      `Expected a command's name of 1 to 64 letters a-z, digits and underscores, or a RegExp, got ${got}.`,
    )
  }
  return name.toLowerCase()
}
