import type { Update } from "../../telegram/types.js"

/** The command at the beginning of a message. */
export interface CommandText {
  /** The command's name, without the slash, in lower case. */
  readonly name: string
  /** The bot named behind an `@`, in lower case. */
  readonly addressee: string | undefined
  /** Where the arguments begin in the message's text. */
  readonly end: number
}

/** The command that a new message begins with; `undefined` where it begins with none. */
export function commandText(update: Update): CommandText | undefined {
  const { text, entities } = update.message ?? {}
  const entity = entities?.[0]
  if (entity?.type !== "bot_command" || entity.offset !== 0) return undefined
  // Nobody has checked the update's fields: what is not a text must not throw here.
  if (typeof text !== "string") return undefined
  const end = entity.length
  const words = text.slice(1, end).toLowerCase()
  const at = words.indexOf("@")
  if (at < 0) return { name: words, addressee: undefined, end }
  return { name: words.slice(0, at), addressee: words.slice(at + 1), end }
}

/**
 * A command's name as it is looked up: in lower case.
 *
 * @throws TypeError for a name that Telegram does not allow
 */
export function commandName(name: string): string {
  if (typeof name === "string" && name.startsWith("/")) {
    throw new TypeError(`Expected a command's name without the slash, got "${name}": leave it out.`)
  }
  if (typeof name !== "string" || !/^[a-z0-9_]{1,32}$/i.test(name)) {
    throw new TypeError(
      `Expected a command's name of 1 to 32 letters a-z, digits and underscores, got ${JSON.stringify(name)}.`,
    )
  }
  return name.toLowerCase()
}
