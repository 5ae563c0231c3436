import { Bot } from "../bot/index.js"
import { tokenOf, type TokenFlags } from "./token-options.js"

/**
 * The bot that a command is about.
 *
 * @throws TypeError where there is no token
 */
export function botOf(flags: TokenFlags & { readonly local?: boolean }): Bot {
  const token = tokenOf(flags)
  if (token === undefined) throw new TypeError("Expected the bot's token: --token or BOT_TOKEN")
  const { apiRoot, local: localMode = false } = flags
  return new Bot(token, { apiRoot, localMode })
}
