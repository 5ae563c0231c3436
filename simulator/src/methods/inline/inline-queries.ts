import type { InlineQueryResult, InlineQueryResultsButton } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { inputContent } from "../../world/inline-content.js"
import {
  arrayArgument,
  isObject,
  objectArgument,
  textField,
  type Fields,
} from "../json-argument.js"
import { inlineKeyboard } from "../markup-argument.js"
import type { Call, MethodTable } from "../method.js"
import { tooOld } from "./callbacks.js"

/** The method that answers inline queries. */
export const inlineMethods: MethodTable = { answerInlineQuery }

const maxResults = 50
const maxOffset = 64

const types = new Set(
  "article audio contact document game gif location mpeg4_gif photo sticker venue video voice".split(
    " ",
  ),
)

function answerInlineQuery({ args, bot, world }: Call): true {
  const resultObjects = arrayArgument(args, "results", { noun: "inline query results" })
  if (resultObjects.length > maxResults) throw CallError.badRequest("RESULTS_TOO_MUCH")
  const results = resultObjects.map((result) => checkedResult(result))
  const ids = new Set(results.map(({ id }) => id))
  if (ids.size < results.length) throw CallError.badRequest("RESULT_ID_DUPLICATE")
  const nextOffset = args.text("next_offset")
  if (Buffer.byteLength(nextOffset) > maxOffset) throw CallError.badRequest("NEXT_OFFSET_INVALID")
  const button = objectArgument(args, "button", "InlineQueryResultsButton")
  // Only displayed: the fields as the bot has sent them.
  const buttonField = button && { button: button as unknown as InlineQueryResultsButton }
  const answer = { id: args.text("inline_query_id"), results, nextOffset, ...buttonField }
  if (!world.inline.answer(bot.me.id, answer)) throw tooOld()
  return true
}

function checkedResult(result: unknown): InlineQueryResult {
  if (!isObject(result)) throw broken("InlineQueryResult must be an Object")
  const type = textField(result, "type")
  if (!("type" in result)) throw broken('Can\'t find field "type"')
  if (!types.has(type)) throw broken(`type "${type}" is unsupported for the inline query result`)
  const id = textField(result, "id")
  if (id === "" || Buffer.byteLength(id) > 64) throw CallError.badRequest("RESULT_ID_INVALID")
  checkContent(type, result)
  const markup = result["reply_markup"]
  if (isObject(markup)) inlineKeyboard(markup)
  // The checks are the same as Telegram's.
  return result as unknown as InlineQueryResult
}

function checkContent(type: string, result: Fields): void {
  const content = result["input_message_content"]
  if (isObject(content)) return void inputContent(content)
  if (type !== "article") return
  if (textField(result, "title") === "") throw broken('Can\'t find field "title"')
  throw broken("Input message content is not specified")
}

function broken(reason: string): CallError {
  return CallError.badRequest(`can't parse inline query result: ${reason}`)
}
