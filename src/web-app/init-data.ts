/** A user in the data of a Mini App. */
export interface WebAppUser {
  /** The id of the user. */
  readonly id: number
  /** Whether the user is a bot; only for `receiver`. */
  readonly is_bot?: boolean
  /** The first name. */
  readonly first_name: string
  /** The last name. */
  readonly last_name?: string
  /** The username. */
  readonly username?: string
  /** The language of the user's app, as an IETF tag. */
  readonly language_code?: string
  /** Whether the user has Telegram Premium. */
  readonly is_premium?: true
  /** Whether the user has added the bot to the attachment menu. */
  readonly added_to_attachment_menu?: true
  /** Whether the bot may write to the user. */
  readonly allows_write_to_pm?: true
  /** The URL of the profile photo. */
  readonly photo_url?: string
}

/** A chat in the data of a Mini App. */
export interface WebAppChat {
  /** The id of the chat. */
  readonly id: number
  /** The type of the chat. */
  readonly type: "group" | "supergroup" | "channel"
  /** The title. */
  readonly title: string
  /** The username. */
  readonly username?: string
  /** The URL of the chat's photo. */
  readonly photo_url?: string
}

/**
 * The data that Telegram gives to a Mini App when it opens, with Telegram's names.
 *
 * @see https://core.telegram.org/bots/webapps#webappinitdata
 */
export interface InitData {
  /** The id for `answerWebAppQuery`. */
  readonly query_id?: string
  /** The user who has opened the Mini App. */
  readonly user?: WebAppUser
  /** The other user of the private chat in which the Mini App was opened from the attachment menu. */
  readonly receiver?: WebAppUser
  /** The chat in which the Mini App was opened from the attachment menu. */
  readonly chat?: WebAppChat
  /** The type of the chat from which the Mini App was opened by a link. */
  readonly chat_type?: "sender" | "private" | "group" | "supergroup" | "channel"
  /** The id of the chat from which the Mini App was opened by a link. */
  readonly chat_instance?: string
  /** The parameter `startapp` or `startattach` of the link. */
  readonly start_param?: string
  /** The seconds after which `answerWebAppQuery` may be called. */
  readonly can_send_after?: number
  /** The time at which the Mini App was opened, in Unix seconds. */
  readonly auth_date: number
}

/** Converts fields that Telegram has signed to data. Returns `undefined` if an object among them is not JSON. */
export function readInitData(fields: ReadonlyMap<string, string>): InitData | undefined {
  const data: Record<string, unknown> = {}
  try {
    for (const [name, value] of fields) {
      if (name === "hash" || name === "signature") continue
      if (name === "user" || name === "receiver" || name === "chat") data[name] = JSON.parse(value)
      else data[name] = name === "auth_date" || name === "can_send_after" ? Number(value) : value
    }
  } catch {
    return undefined
  }
  // Telegram has signed the fields, and their types are Telegram's.
  return data as unknown as InitData
}
