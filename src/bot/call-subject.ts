/** Sending, forwarding, copying and editing share one limit in a chat. */
const writesMessages =
  /^(send(?!ChatAction$|MessageDraft$)|forward|copy|editMessage|stopMessageLive)/

/** The parameters that name whom a limit of Telegram is about, the narrowest first. */
const subjects = [
  ["inline_message_id", "of inline message"],
  ["chat_id", "in chat"],
  ["user_id", "of user"],
  ["name", "of set"],
] as const

/**
 * Returns the name of the limit that a call counts against: what it does, and the chat, inline
 * message, user or sticker set that it does it to. Calls with different names never wait for each
 * other's 429.
 */
export function callSubject(method: string, fields: Readonly<Record<string, unknown>>): string {
  const subject = subjects.find(([name]) => isId(fields[name]))
  if (!subject) return method
  const [name, words] = subject
  const kind = writesMessages.test(method) ? "messages" : method
  const { business_connection_id: account } = fields
  return `${kind} ${words} ${String(fields[name])}${isId(account) ? ` for ${account}` : ""}`
}

function isId(value: unknown): value is number | string {
  return typeof value === "number" || typeof value === "string"
}
