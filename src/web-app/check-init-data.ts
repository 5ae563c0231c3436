import {
  expectDurationMs,
  expectOptionsObject,
  type OptionNames,
  unexpectedOption,
} from "../ground/expect-option.js"
import { type InitData, readInitData } from "./init-data.js"
import { hmac, isHashOf, isSignatureOf } from "./signatures.js"
import { isFresh, signedFields, signedText } from "./signed-fields.js"

/** Options of the checks of signed data. */
export interface CheckOptions {
  /**
   * The maximum age of the data, in milliseconds. Data that were stolen are worthless after that time. Default:
   * 86,400,000, a day.
   */
  readonly maxAgeMs?: number
}

/** Options of {@link checkThirdPartyInitData}. */
export interface ThirdPartyOptions extends CheckOptions {
  /** `"test"` for a bot of Telegram's test environment. Default: `"production"`. */
  readonly environment?: "production" | "test"
}

/** Telegram's keys for data that are checked without the bot's token. */
const publicKeys = {
  production: "e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d",
  test: "40055058a4ee38156a06562e52eece92a771bcd8346a8c4615cb7376eddf72ec",
} as const

/**
 * Checks that the data of a Mini App come from Telegram, and returns them. Returns `undefined` for data that are
 * forged, changed or too old.
 *
 * @param initData `Telegram.WebApp.initData`, as the page has sent it
 * @param token the token of the bot whose Mini App sends the data
 * @example
 * ```ts
 * import { checkInitData } from "sounder/web-app"
 *
 * export async function greet(request: Request) {
 *   const data = await checkInitData(await request.text(), process.env.BOT_TOKEN ?? "")
 *   if (!data?.user) return new Response("Open the page in Telegram", { status: 401 })
 *   return new Response(`Hello ${data.user.first_name}`)
 * }
 * ```
 * @throws TypeError for a token without an id, and for a wrong option
 * @see https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
 */
export async function checkInitData(
  initData: string,
  token: string,
  options: CheckOptions = {},
): Promise<InitData | undefined> {
  expectToken(token)
  const maxAgeMs = maxAgeOf(options, "checkInitData(text, token, { maxAgeMs })")
  const fields = signedFields(initData)
  if (!fields || !isFresh(fields, maxAgeMs)) return undefined
  const secret = await hmac("WebAppData", token)
  const isSigned = await isHashOf(fields.get("hash"), secret, signedText(fields, ["hash"]))
  return isSigned ? readInitData(fields) : undefined
}

/**
 * Checks the data of a Mini App without the token of its bot, by Telegram's public key, and returns them. Returns
 * `undefined` for data that are forged, changed, too old, or of another bot.
 *
 * @param initData `Telegram.WebApp.initData`, as the page has sent it
 * @param botId the id of the bot whose Mini App sends the data
 * @throws TypeError for an id that is not a positive integer, and for a wrong option
 * @see https://core.telegram.org/bots/webapps#validating-data-for-third-party-use
 */
export async function checkThirdPartyInitData(
  initData: string,
  botId: number,
  options: ThirdPartyOptions = {},
): Promise<InitData | undefined> {
  if (!Number.isSafeInteger(botId) || botId <= 0) {
    unexpectedOption("botId", "a positive integer", botId)
  }
  const { environment = "production" } = options
  if (environment !== "production" && environment !== "test") {
    unexpectedOption("environment", '"production" or "test"', environment)
  }
  const example = "checkThirdPartyInitData(text, botId, { maxAgeMs })"
  const maxAgeMs = maxAgeOf(options, example, thirdPartyOptionNames)
  const fields = signedFields(initData)
  if (!fields || !isFresh(fields, maxAgeMs)) return undefined
  const text = `${botId}:WebAppData\n${signedText(fields, ["hash", "signature"])}`
  const isSigned = await isSignatureOf(fields.get("signature"), publicKeys[environment], text)
  return isSigned ? readInitData(fields) : undefined
}

/** Throws a `TypeError` for a value that is not a token of a bot. An empty one would accept forged data. */
export function expectToken(token: unknown): asserts token is string {
  if (typeof token !== "string" || !/^\d+:[\w-]+$/.test(token)) {
    throw new TypeError("Expected the token of a bot, as in 123456:ABC, to check data with.")
  }
}

const optionNames: OptionNames<CheckOptions> = { maxAgeMs: true }
const thirdPartyOptionNames: OptionNames<ThirdPartyOptions> = { maxAgeMs: true, environment: true }

/**
 * Returns the option `maxAgeMs`, checked.
 *
 * @param example a call with options, for the error
 */
export function maxAgeOf(
  options: CheckOptions,
  example: string,
  names: Readonly<Record<string, true>> = optionNames,
): number {
  expectOptionsObject(options, example, names)
  return expectDurationMs("maxAgeMs", options.maxAgeMs ?? 86_400_000)
}
