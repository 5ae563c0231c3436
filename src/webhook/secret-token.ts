import { nodeCrypto } from "../ground/node-crypto.js"

/**
 * The secret that Telegram sends along with every webhook request, derived from the bot's token:
 * the same after a restart and on every machine, and the token cannot be found from it.
 *
 * @returns 43 characters that `setWebhook` accepts as `secret_token`
 * @see https://core.telegram.org/bots/api#setwebhook
 */
export function deriveSecretToken(token: string): string {
  const hmac = nodeCrypto().createHmac("sha256", token)
  return hmac.update("sounder webhook secret").digest("base64url")
}
