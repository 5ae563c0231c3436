import type { BotAccount } from "../delivery/bot-account.js"
import { nodeCrypto } from "../ground/node-crypto.js"
import type { Actor } from "./actor.js"

/**
 * Returns the initial data of a Mini App that a person has opened, with the hash that its server checks with the bot's
 * token. The signature by Telegram's own key is missing.
 *
 * @param queryId the id for `answerWebAppQuery`, if there is one
 */
export function initDataOf({ person, world }: Actor, bot: BotAccount, queryId?: string): string {
  const { id, first_name, last_name, username, language_code, is_premium } = person.user
  const fields = new URLSearchParams({
    ...(queryId !== undefined && { query_id: queryId }),
    user: JSON.stringify({
      ...{ id, first_name, last_name: last_name ?? "", username, language_code, is_premium },
      allows_write_to_pm: world.privateChat(bot, id) !== undefined,
    }),
    auth_date: String(world.now),
  })
  const lines = [...fields].map(([name, value]) => `${name}=${value}`).toSorted()
  fields.set("hash", hmac(hmac("WebAppData", bot.token), lines.join("\n")).toString("hex"))
  return fields.toString()
}

/**
 * Returns the address with which Telegram's apps open a Mini App.
 *
 * @param initData `undefined` for the Mini App of a key: Telegram does not tell it who the user is
 */
export function appAddressWith(url: string, initData?: string): string {
  const separator = url.includes("#") ? "&" : "#"
  const data = new URLSearchParams({
    ...(initData !== undefined && { tgWebAppData: initData }),
    tgWebAppPlatform: "web",
  })
  return `${url}${separator}${data.toString()}`
}

function hmac(key: string | Buffer, text: string): Buffer {
  return nodeCrypto().createHmac("sha256", key).update(text).digest()
}
