/** The methods that create or change a message, which share one limit per chat. */
const messageMethods =
  /^(send(?!ChatAction$|(?:Rich)?MessageDraft$)|forward|copy|editMessage|stopMessageLive)/

/** The parameters that name the target of a call, the most specific first. */
const subjects = [
  ["inline_message_id", "of inline message"],
  ["chat_id", "in chat"],
  ["user_id", "of user"],
  ["name", "of sticker set"],
] as const

/** Returns whether a method creates or changes a message. */
export function isMessageMethod(method: string): boolean {
  return messageMethods.test(method)
}

/**
 * Returns the name of the rate limit that a call counts against. The name consists of the kind of method, of
 * the chat, inline message, user or sticker set that the call is about, and of the business connection, if
 * any. The name for a call without such a target is the method. A 429 delays only calls with the same name.
 */
export function callSubject(method: string, fields: Readonly<Record<string, unknown>>): string {
  const subject = subjects.find(([name]) => isId(fields[name]))
  if (!subject) return method
  const [name, words] = subject
  const kind = isMessageMethod(method) ? "messages" : method
  const { business_connection_id: account } = fields
  return `${kind} ${words} ${String(fields[name])}${isId(account) ? ` for ${account}` : ""}`
}

function isId(value: unknown): value is number | string {
  return typeof value === "number" || typeof value === "string"
}
