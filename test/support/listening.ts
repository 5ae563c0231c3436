import { onTestFinished } from "vitest"
import type { EventChannel } from "../../src/events/index.js"

/** Records the messages of a channel during a test, each as a copy. */
export function heardOn<Message extends object>(channel: EventChannel<Message>): Message[] {
  const heard: Message[] = []
  onTestFinished(channel.subscribe((message) => void heard.push({ ...message })))
  return heard
}
