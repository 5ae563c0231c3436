import type { MessageEntity, RichMessage } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { formatted } from "../../world/formatted-text.js"
import type { Conversation } from "../../world/conversation.js"
import { writableChat } from "../chat-argument.js"
import { threadOf } from "../message-options.js"
import type { Call, MethodTable } from "../method.js"

/** The method for messages that grow while the bot writes them. */
export const draftMethods: MethodTable = { sendMessageDraft }

const maxText = 4096

/** The content of a draft. */
interface DraftContent {
  readonly text: string
  readonly entities?: readonly MessageEntity[]
  readonly richMessage?: RichMessage
}

function sendMessageDraft(call: Call): true {
  const { args } = call
  checkDraft(call)
  const explicit: unknown = args.text("parse_mode") === "" ? args.json("entities") : undefined
  const { text, entities } = formatted(args.text("text"), args.text("parse_mode"), explicit)
  if (text.length > maxText) throw CallError.badRequest("message is too long")
  return showDraft(call, { text, ...(entities.length > 0 && { entities }) })
}

/** Throws for a chat or an id that cannot be those of a draft. */
export function checkDraft(call: Call): void {
  draftPlace(call)
}

/** Shows a draft. It is not stored: the person sees it until the message arrives. */
export function showDraft(call: Call, content: DraftContent): true {
  const { args, bot, world } = call
  const { where, id } = draftPlace(call)
  const thread = threadOf(call, where)
  const draft = {
    id,
    botId: bot.me.id,
    ...content,
    ...(thread.message_thread_id !== undefined && { threadId: thread.message_thread_id }),
    ...(args.flag("can_stop") && { canStop: true as const }),
    ...(args.flag("keep_on_stop") && { staysOnStop: true as const }),
  }
  for (const person of where.people) person.seeDraft(draft)
  world.changes.announce({ kind: "draft", where, draft })
  world.changes.announce({ kind: "action", where, bot, action: "typing" })
  return true
}

function draftPlace(call: Call): { readonly where: Conversation; readonly id: number } {
  const where = writableChat(call)
  if (where.chat.type !== "private") throw CallError.badRequest("chat must be a private chat")
  const id = call.args.integer("draft_id", 0, -(2 ** 31), 2 ** 31 - 1)
  if (id === 0) throw CallError.badRequest("draft_id must be non-zero")
  return { where, id }
}
