import type { Message } from "../../../../src/telegram/types.js"
import { summary } from "../message-kind.js"

const shown = 80
const messages = /^(edited_)?(message|channel_post|business_message)$/

/** Returns the content of an update in a few words; empty for an update without a text. */
export function gistOfUpdate(type: string, payload: string): string {
  const value = parsed(payload)
  if (value === undefined) return ""
  // A payload of one of these types is a message.
  if (messages.test(type)) return summary(value as unknown as Message).slice(0, shown)
  const content = value["data"] ?? value["query"] ?? value["game_short_name"] ?? value["result_id"]
  return typeof content === "string" ? content.slice(0, shown) : ""
}

/** Returns the arguments of a call in a few words. */
export function gistOfCall(params: Readonly<Record<string, string>>): string {
  const content = params["text"] ?? params["caption"] ?? params["url"] ?? params["action"] ?? ""
  return content.slice(0, shown)
}

// A shortened payload is no longer valid JSON.
function parsed(payload: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // The simulator wrote this JSON.
    return JSON.parse(payload) as Record<string, unknown>
  } catch {
    return undefined
  }
}
