import type { Message } from "@grammyjs/types"
import type { PostField } from "../../world/posting-rules.js"
import type { MessageContent } from "../../world/world.js"
import { writableChat } from "../chat-argument.js"
import { checkMessageArguments, deliver } from "../deliver.js"
import { linkPreview } from "../link-preview.js"
import type { Call, Method, MethodTable } from "../method.js"
import { textArgument } from "../text-argument.js"
import { contactContent, diceContent, locationContent, venueContent } from "./small-contents.js"

/** Methods that send messages without files. */
export const messageMethods: MethodTable = {
  sendMessage: sends("text", textContent),
  sendLocation: sends("location", locationContent),
  sendVenue: sends("venue", venueContent),
  sendContact: sends("contact", contactContent),
  sendDice: sends("dice", diceContent),
}

function sends(field: PostField, content: (call: Call) => MessageContent): Method {
  return (call): Message => {
    const parsed = content(call)
    checkMessageArguments(call)
    return deliver(call, writableChat(call, field), parsed)
  }
}

function textContent({ args }: Call): MessageContent {
  const preview = linkPreview(args)
  const { text, entities } = textArgument(args)
  return { text, ...(entities.length > 0 && { entities: [...entities] }), ...preview }
}
