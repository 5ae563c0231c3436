import { type CheckOptions, expectToken, maxAgeOf } from "./check-init-data.js"
import { isHashOf, sha256 } from "./signatures.js"
import { isFresh, signedFields, signedText } from "./signed-fields.js"

/**
 * A user who has logged in on a web page, with Telegram's names.
 *
 * @see https://core.telegram.org/widgets/login#receiving-authorization-data
 */
export interface LoginData {
  /** The id of the user. */
  readonly id: number
  /** The first name. */
  readonly first_name: string
  /** The last name. */
  readonly last_name?: string
  /** The username. */
  readonly username?: string
  /** The URL of the profile photo. */
  readonly photo_url?: string
  /** The time of the login, in Unix seconds. */
  readonly auth_date: number
}

/**
 * Checks that the data of the login widget, or of a button with `login_url`, come from Telegram, and returns them.
 * Returns `undefined` for data that are forged, changed or too old.
 *
 * @param query the query string of the URL to which Telegram has sent the user, or its `searchParams`. The query
 *   may contain no parameter of your own.
 * @param token the token of the bot that the widget names
 * @throws TypeError for a token without an id, and for a wrong option
 * @see https://core.telegram.org/widgets/login#checking-authorization
 */
export async function checkLogin(
  query: string | URLSearchParams,
  token: string,
  options: CheckOptions = {},
): Promise<LoginData | undefined> {
  expectToken(token)
  const maxAgeMs = maxAgeOf(options, "checkLogin(query, token, { maxAgeMs })")
  const fields = signedFields(typeof query === "string" ? query : String(query))
  if (!fields || !isFresh(fields, maxAgeMs)) return undefined
  const secret = await sha256(token)
  if (!(await isHashOf(fields.get("hash"), secret, signedText(fields, ["hash"])))) return undefined
  const { hash: _, ...data } = Object.fromEntries(fields)
  // Telegram has signed the fields, and their types are Telegram's.
  return {
    ...data,
    id: Number(fields.get("id")),
    auth_date: Number(fields.get("auth_date")),
  } as LoginData
}
