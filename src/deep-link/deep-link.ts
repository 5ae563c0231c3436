import { expectOptionsObject, unexpectedOption, type OptionNames } from "../ground/expect-option.js"
import type { ChatAdministratorRights } from "../telegram/types.js"

/** The parameters of a deep link, under Telegram's names. Without any, the link opens the chat with the bot. */
export interface DeepLinkOptions {
  /** Opens the private chat with the bot, where a button sends `/start` with this text. 1 to 64 characters. */
  readonly start?: string
  /**
   * Lets the user choose a group, adds the bot to that group, and sends `/start` with this text there. 1 to 64
   * characters, or `true` to send none.
   */
  readonly startgroup?: string | true
  /** Lets the user choose a channel, and adds the bot to that channel as an administrator. */
  readonly startchannel?: true
  /** The rights that the bot asks for in the group or channel, as in `["delete_messages"]`. */
  readonly admin?: readonly DeepLinkRight[]
  /** Opens a Mini App, which gets this text as `start_param`. 1 to 512 characters, or `true` for none. */
  readonly startapp?: string | true
  /** The short name of the Mini App. Default: the main Mini App of the bot. */
  readonly short_name?: string
  /** The size of the Mini App. Default: the size that its owner has chosen. */
  readonly mode?: "compact" | "fullscreen"
}

const optionNames: OptionNames<DeepLinkOptions> = {
  short_name: true,
  admin: true,
  mode: true,
  start: true,
  startgroup: true,
  startchannel: true,
  startapp: true,
}

/** A right of an administrator, under its name in links: without `can_` and `is_`. */
export type DeepLinkRight = WithoutVerb<keyof ChatAdministratorRights>
type WithoutVerb<Right> = Right extends `${"can" | "is"}_${infer Name}` ? Name : never

/** The largest numbers of characters of the parameters that have a text. */
const maxLengths = { start: 64, startgroup: 64, startapp: 512 }
/** The parameters that open different places: a link has one of them. */
const places = ["start", "startgroup", "startchannel", "startapp"] as const

/**
 * Returns a link that opens the bot in Telegram.
 *
 * @example
 * ```ts
 * import { deepLink } from "sounder/deep-link"
 *
 * deepLink("my_bot", { start: "winter" }) // https://t.me/my_bot?start=winter
 * deepLink("my_bot", { startgroup: true, admin: ["delete_messages", "pin_messages"] })
 * deepLink("my_bot", { startapp: "level-3", short_name: "game" })
 * ```
 * @param bot the username of the bot, or the bot as `getMe` and `bot.init` return it
 * @throws TypeError for a wrong username, for parameters that Telegram does not accept, and for several of `start`,
 *   `startgroup`, `startchannel` and `startapp`
 * @see https://core.telegram.org/api/links#bot-links
 */
export function deepLink(
  bot: string | { readonly username: string },
  options: DeepLinkOptions = {},
): string {
  expectOptionsObject(options, 'deepLink("my_bot", { start })', optionNames)
  const { short_name, admin, mode } = options
  const chosen = places.filter((name) => options[name] !== undefined)
  if (chosen.length > 1)
    throw new TypeError(`Expected only one of the options ${chosen.join(", ")}.`)
  const [place] = chosen
  expectWith("admin", admin, place === "startgroup" || place === "startchannel")
  expectWith("mode", mode, place === "startapp")
  if (mode !== undefined && mode !== "compact" && mode !== "fullscreen") {
    unexpectedOption("mode", '"compact" or "fullscreen"', mode)
  }
  expectWith("short_name", short_name, place === "startapp")
  const query = [
    place && parameter(place, options[place]),
    admin && `admin=${expectWords(admin)}`,
    mode && `mode=${mode}`,
  ].filter((part) => part !== undefined)
  const path = short_name === undefined ? "" : `/${expectName("short_name", short_name)}`
  const root = `https://t.me/${usernameOf(bot)}${path}`
  return query.length > 0 ? `${root}?${query.join("&")}` : root
}

function usernameOf(bot: string | { readonly username: string }): string {
  const username: unknown = typeof bot === "string" ? bot.replace(/^@/, "") : bot?.username
  return expectName("bot", username)
}

function parameter(name: (typeof places)[number], value: unknown): string {
  if (value === true && name !== "start") return name
  const maxLength = name === "startchannel" ? 0 : maxLengths[name]
  if (maxLength === 0) return unexpectedOption(name, "true", value)
  if (typeof value === "string" && value.length <= maxLength && /^[\w-]+$/.test(value)) {
    return `${name}=${value}`
  }
  return unexpectedOption(name, `1 to ${maxLength} letters, digits, \`_\` and \`-\``, value)
}

function expectWith(name: string, value: unknown, isAllowed: boolean): void {
  if (value === undefined || isAllowed) return
  const other = name === "admin" ? "`startgroup` or `startchannel`" : "`startapp`"
  throw new TypeError(`Expected the \`${name}\` option next to ${other}.`)
}

function expectWords(admin: unknown): string {
  const isList = Array.isArray(admin) && admin.length > 0
  if (isList && admin.every((right) => /^[a-z_]+$/.test(String(right)))) return admin.join("+")
  return unexpectedOption("admin", 'a list of rights, as in ["delete_messages"]', admin)
}

function expectName(name: string, value: unknown): string {
  if (typeof value === "string" && /^\w{3,64}$/.test(value)) return value
  return unexpectedOption(name, "a username, as in my_bot", value)
}
