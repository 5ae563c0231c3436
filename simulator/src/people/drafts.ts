import type { MessageGenerationStopped } from "@grammyjs/types"
import type { MessageDraft } from "../world/message-draft.js"
import { nameOf, type Actor } from "./actor.js"

/** Stops the message that a bot is writing: presses the button that `can_stop` shows. */
export function stopDraft(actor: Actor, draft: MessageDraft): void {
  const { id, botId, threadId, canStop } = draft
  const { person, world } = actor
  const bot = world.bots.get(botId)
  const where = bot && world.privateChat(bot, person.user.id)
  if (where?.chat.type !== "private" || canStop !== true) {
    throw new TypeError(`${nameOf(actor)} cannot stop this draft: it was sent without \`can_stop\``)
  }
  const stopped: MessageGenerationStopped = {
    chat: where.chat,
    ...(threadId !== undefined && { message_thread_id: threadId }),
    draft_id: id,
  }
  bot?.push("stopped_message_generation", stopped)
  world.changes.announce({ kind: "draft", where, draft, isStopped: true })
}
