import type { Message } from "@grammyjs/types"
import type { Conversation } from "../world/conversation.js"

/** Returns the ids of the messages of a chat that contain a text, the newest first. */
export function search(where: Conversation, text: string): number[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === "") return []
  const found = [...where.messages.values()].filter((message) =>
    textsOf(message).some((each) => each?.toLowerCase().includes(wanted)),
  )
  return found.map(({ message_id }) => message_id).toReversed()
}

function textsOf(message: Message): readonly (string | undefined)[] {
  const { text, caption, poll, document, audio, contact, venue, game, invoice } = message
  return [
    ...[text, caption, document?.file_name, audio?.title, audio?.performer],
    ...[poll?.question, ...(poll?.options.map((option) => option.text) ?? [])],
    ...[contact?.first_name, contact?.last_name, contact?.phone_number],
    ...[venue?.title, venue?.address, game?.title, invoice?.title],
  ]
}
