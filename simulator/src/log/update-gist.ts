import { ownValue } from "../ground/own-value.js"
import { visibleJson } from "./visible-json.js"

/** The fields of a message that are not its content. */
const envelope = new Set([
  "message_id",
  "message_thread_id",
  "from",
  "sender_chat",
  "chat",
  "date",
  "edit_date",
  "author_signature",
  "has_protected_content",
  "is_topic_message",
  "media_group_id",
  "reply_to_message",
  "reply_markup",
  "via_bot",
])

/** The fields of updates that are shown as they are, in the order of preference. */
const texts = ["text", "caption", "data", "query", "game_short_name", "result_id"]

const shown = 60

/** Returns the content of an update in a few words: a quoted text, otherwise the name of a field. */
export function updateGist(payload: Readonly<Record<string, unknown>>): string {
  for (const name of texts) {
    const value = ownValue(payload, name)
    if (typeof value === "string") return visibleJson(value, shown)
  }
  if (!("message_id" in payload)) return ""
  return Object.keys(payload).find((name) => !envelope.has(name)) ?? ""
}
