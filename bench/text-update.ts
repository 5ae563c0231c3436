/** Returns an update of about 600 bytes, the size of a text message. */
export function textUpdate(id: number, chat: number) {
  const person = { id: chat, first_name: "Ada", last_name: "Lovelace", username: "ada_lovelace" }
  const message = {
    message_id: id,
    date: 1_700_000_000,
    chat: { ...person, type: "private" as const },
    from: { ...person, is_bot: false, language_code: "en" },
    text: "On the analytical engine. ".repeat(12),
  }
  return { update_id: id, message }
}
