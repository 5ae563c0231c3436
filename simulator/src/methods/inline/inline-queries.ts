import type { InlineQueryResult, InlineQueryResultsButton } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { inputContent } from "../../world/inline-content.js"
import { resultKey } from "../../world/payments.js"
import {
  arrayArgument,
  asArguments,
  isObject,
  objectArgument,
  textField,
  type Fields,
} from "../json-argument.js"
import { inlineKeyboard } from "../markup-argument.js"
import type { Call, MethodTable } from "../method.js"
import { billOf } from "../payments/payments.js"
import { refuseFields } from "../unsupported-parameters.js"
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

function answerInlineQuery(call: Call): true {
  const { args, bot, world } = call
  const resultObjects = arrayArgument(args, "results", { noun: "inline query results" })
  if (resultObjects.length > maxResults) throw CallError.badRequest("RESULTS_TOO_MUCH")
  const results = resultObjects.map((result) => checkedResult(call, result))
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

function checkedResult(call: Call, result: unknown): InlineQueryResult {
  if (!isObject(result)) throw broken("InlineQueryResult must be an Object")
  const type = textField(result, "type")
  if (!("type" in result)) throw broken('Can\'t find field "type"')
  if (!types.has(type)) throw broken(`type "${type}" is unsupported for the inline query result`)
  const id = textField(result, "id")
  if (id === "" || Buffer.byteLength(id) > 64) throw CallError.badRequest("RESULT_ID_INVALID")
  checkContent(call, type, result)
  const markup = result["reply_markup"]
  if (isObject(markup)) inlineKeyboard(markup)
  // The checks are the same as Telegram's.
  return result as unknown as InlineQueryResult
}

function checkContent(call: Call, type: string, result: Fields): void {
  const content = result["input_message_content"]
  if (isObject(content)) {
    refuseFields(content, "InputRichMessageContent")
    const isInvoice = inputContent(content).invoice !== undefined
    if (isInvoice) keepBill(call, result, content)
    return
  }
  if (type !== "article") return
  if (textField(result, "title") === "") throw broken('Can\'t find field "title"')
  throw broken("Input message content is not specified")
}

function keepBill({ args, bot, world }: Call, result: Fields, content: Fields): void {
  const key = resultKey(args.text("inline_query_id"), textField(result, "id"))
  world.payments.bills.set(key, billOf(asArguments(content), bot.me.id))
}

function broken(reason: string): CallError {
  return CallError.badRequest(`can't parse inline query result: ${reason}`)
}
