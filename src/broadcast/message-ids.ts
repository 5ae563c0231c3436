/**
 * Returns the ids of the messages that a call has sent. The result is a message, the id of a copy, or a list of them.
 */
export function messageIdsOf(result: unknown): readonly number[] {
  const sent: readonly unknown[] = Array.isArray(result) ? result : [result]
  return sent.flatMap((message) => {
    if (typeof message !== "object" || message === null || !("message_id" in message)) return []
    return typeof message.message_id === "number" ? [message.message_id] : []
  })
}
