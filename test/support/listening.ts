import { onTestFinished } from "vitest"
import type { EventChannel } from "../../src/events/index.js"

/** Keeps what a channel tells during a test, each message as it was when it was told. */
export function heardOn<Message extends object>(channel: EventChannel<Message>): Message[] {
  const heard: Message[] = []
  onTestFinished(channel.subscribe((message) => void heard.push({ ...message })))
  return heard
}
