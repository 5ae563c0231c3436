import type { Message } from "../../../src/telegram/types.js"

/** Returns whether only one person and one bot see a message. */
export function isEphemeral({ receiver_user }: Message): boolean {
  return receiver_user !== undefined
}

/** Returns whether a person sees a message: an ordinary one, or an ephemeral one from or for that person. */
export function isSeenBy(me: number | undefined, message: Message): boolean {
  return !isEphemeral(message) || message.receiver_user?.id === me || message.from?.id === me
}
