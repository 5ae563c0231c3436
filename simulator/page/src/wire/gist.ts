import type { Message } from "../../../../src/telegram/types.js"
import { summary } from "../message-kind.js"

const shown = 80
const messages = /^(edited_)?(message|channel_post|business_message)$/

/** What an update is about, in a few words; empty where there is nothing to say. */
export function gistOfUpdate(type: string, payload: string): string {
  const value = parsed(payload)
  if (value === undefined) return ""
  // A payload of one of these types is a message.
  if (messages.test(type)) return summary(value as unknown as Message).slice(0, shown)
  const told = value["data"] ?? value["query"] ?? value["game_short_name"] ?? value["result_id"]
  return typeof told === "string" ? told.slice(0, shown) : ""
}

/** What a call says, in a few words. */
export function gistOfCall(params: Readonly<Record<string, string>>): string {
  const told = params["text"] ?? params["caption"] ?? params["url"] ?? params["action"] ?? ""
  return told.slice(0, shown)
}

// A payload that is shortened is no JSON any more.
function parsed(payload: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // The simulator's own JSON.
    return JSON.parse(payload) as Record<string, unknown>
  } catch {
    return undefined
  }
}
