/** A set of update types, one bit per type. */
export type UpdateMask = number

// The order in which getWebhookInfo lists the types.
const names = (
  "message edited_message channel_post edited_channel_post inline_query chosen_inline_result " +
  "callback_query shipping_query pre_checkout_query poll poll_answer my_chat_member chat_member " +
  "chat_join_request chat_boost removed_chat_boost message_reaction message_reaction_count " +
  "business_connection business_message edited_business_message deleted_business_messages " +
  "purchased_paid_media managed_bot guest_message stopped_message_generation subscription " +
  "widget_query shared_widget_query"
).split(" ")

const bits = new Map(names.map((name, at) => [name, 2 ** at]))

/** All types except `chat_member`, `message_reaction` and `message_reaction_count`. */
export const defaultMask: UpdateMask = maskOf(
  names.filter((name) => !/^(chat_member|message_reaction|message_reaction_count)$/.test(name)),
)

/** Returns whether a mask contains an update type. */
export function allows(mask: UpdateMask, type: string): boolean {
  const bit = bits.get(type)
  return bit === undefined || (mask & bit) !== 0
}

/**
 * Parses a value of `allowed_updates` into a mask. Returns `undefined` if the value is missing or
 * not an array of strings, and the default mask if the array names no known type.
 */
export function parseAllowedUpdates(json: string | undefined): UpdateMask | undefined {
  if (json === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) return undefined
  return maskOf(value) || defaultMask
}

/** Returns the types in a mask, in Telegram's order. */
export function namesOf(mask: UpdateMask): string[] {
  return names.filter((name) => allows(mask, name))
}

function maskOf(list: readonly string[]): UpdateMask {
  let mask = 0
  for (const name of list) mask |= bits.get(name.toLowerCase()) ?? 0
  return mask
}
