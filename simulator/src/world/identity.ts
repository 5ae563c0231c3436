import type { Chat, User, UserFromGetMe } from "@grammyjs/types"
import type { Random } from "../ground/random.js"
import type { GameTraits } from "./game-book.js"

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/**
 * Returns a random token in @BotFather's format.
 *
 * @param id the id of the bot. Default: a random one.
 */
export function newToken(
  random: Random,
  id = random.integer(1_000_000_000, 8_999_999_999),
): string {
  return `${id}:AA${random.text(33, alphabet)}`
}

/** The settings of a bot. */
export interface BotTraits {
  /** The username without the `@`. */
  readonly username?: string
  /** The name that people see. Default: `Bot`. */
  readonly first_name?: string
  /** Whether privacy mode is off. Default: false. */
  readonly can_read_all_group_messages?: boolean
  /** Whether the bot supports inline queries, `@bot query`. Default: false. */
  readonly supports_inline_queries?: boolean
  /**
   * Whether the bot processes requests to join: where it may invite users, each request has a `query_id`.
   * Default: false.
   */
  readonly supports_join_request_queries?: boolean
  /** Whether people can connect the bot to their accounts. Default: false. */
  readonly can_connect_to_business?: boolean
  /** Whether people can summon the bot in chats of which it is no member. Default: false. */
  readonly supports_guest_queries?: boolean
  /** Whether the bot manages bots that people create with it. Default: false. */
  readonly can_manage_bots?: boolean
  /** Whether the bot belongs to an organization that verifies people and chats. Default: false. */
  readonly can_verify?: boolean
  /** The Telegram Stars of the bot. Default: 0. */
  readonly star_balance?: number
  /** The games for `sendGame`. Default: none. */
  readonly games?: readonly GameTraits[]
}

/** Returns whether a text has the form of a bot's token: its id, a colon and more characters. */
export function isBotToken(text: string): boolean {
  return /^[1-9]\d{0,15}:./.test(text) && text.length <= 80
}

/** Returns the result of `getMe`. Throws a `TypeError` for a malformed token. */
export function botUser(token: string, options: BotTraits): UserFromGetMe {
  if (!isBotToken(token)) {
    throw new TypeError("Expected the `token` option to be digits, a colon and letters")
  }
  const id = Number.parseInt(token, 10)
  return {
    id,
    is_bot: true,
    first_name: options.first_name ?? "Bot",
    username: options.username ?? `simulated_${id}_bot`,
    can_join_groups: true,
    can_read_all_group_messages: options.can_read_all_group_messages ?? false,
    supports_inline_queries: options.supports_inline_queries ?? false,
    can_connect_to_business: options.can_connect_to_business ?? false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: options.can_manage_bots ?? false,
    supports_join_request_queries: options.supports_join_request_queries ?? false,
    ...(options.supports_guest_queries === true && { supports_guest_queries: true }),
  }
}

/** Returns a bot's user as others see it. */
export function userOfBot({ id, is_bot, first_name, username }: UserFromGetMe): User {
  return { id, is_bot, first_name, username }
}

/** Returns the private chat with a person, as a bot sees it. */
export function privateChatOf({ id, first_name, last_name, username }: User): Chat {
  return {
    id,
    first_name,
    ...(last_name !== undefined && { last_name }),
    ...(username !== undefined && { username }),
    type: "private",
  }
}
