import { nodeCrypto } from "../ground/node-modules.js"

/**
 * Derives the secret of a bot's webhook from the bot's token. The secret is the same after a restart and
 * on every machine, and does not reveal the token.
 *
 * @returns 43 characters that `setWebhook` accepts as `secret_token`
 * @see https://core.telegram.org/bots/api#setwebhook
 */
export function deriveSecretToken(token: string): string {
  const hmac = nodeCrypto().createHmac("sha256", token)
  return hmac.update("sounder webhook secret").digest("base64url")
}
