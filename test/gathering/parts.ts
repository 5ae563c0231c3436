import type { Message, Update } from "../../src/telegram/types.js"
import { dispatchedEach } from "../support/dispatched.js"
import { settle, stopClockEach } from "../support/stopped-clock.js"
import { messageUpdate, updateWith } from "../support/updates.js"

let messageId = 0

/** Returns the functions of a test file about gathering, whose time stands still. */
export function gatheringEach() {
  const stage = dispatchedEach()
  stopClockEach()

  /** Puts updates into the queue, one after the other. */
  async function put(...updates: Update[]): Promise<void> {
    for (const update of updates) await stage.put(update)
    await settle()
  }

  return { stage, put }
}

/** Returns a message that is sent now. */
export function sent(fields: object): Update {
  const date = Math.floor(Date.now() / 1_000)
  return messageUpdate({ message_id: (messageId += 1), date, ...fields })
}

/** Returns a part of an album. */
export function photo(album: string, fields: object = {}): Update {
  const sizes = [{ file_id: `f${messageId + 1}`, file_unique_id: "u", width: 1, height: 1 }]
  return sent({ media_group_id: album, photo: sizes, ...fields })
}

/** Returns a text that is sent now. */
export function text(content: string, fields: object = {}): Update {
  return sent({ text: content, ...fields })
}

/** Returns an edit of a message. */
export function edit({ message }: Update, fields: object): Update {
  return updateWith({ edited_message: { ...message, edit_date: 2, ...fields } })
}

/** Returns the ids of messages. */
export function idsOf(parts: readonly Message[]): number[] {
  return parts.map(({ message_id: id }) => id)
}

/** Returns the id of the message of an update. */
export const idOf = ({ message }: Update) => message?.message_id
