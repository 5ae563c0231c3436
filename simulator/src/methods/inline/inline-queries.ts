import { ownValue } from "../../ground/own-value.js"
import type { InlineQueryResult, InlineQueryResultsButton } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { inputContent } from "../../world/inline-content.js"
import { resultKey } from "../../world/payments.js"
import {
  asArguments,
  expectObject,
  objectField,
  partError,
  reading,
  requiredObjectField,
  requiredTextField,
  textField,
  type Fields,
} from "../fields.js"
import { jsonArgument } from "../json-argument.js"
import { checkLinkPreview } from "../link-preview.js"
import { inlineKeyboard } from "../markup-argument.js"
import type { Call, MethodTable } from "../method.js"
import { billOf } from "../payments/payments.js"
import { checkForm, checkInputContent, resultForms } from "./result-forms.js"
import { refuseFields } from "../unsupported-parameters.js"
import { tooOld } from "./callbacks.js"

/** The method that answers inline queries. */
export const inlineMethods: MethodTable = { answerInlineQuery }

const maxResults = 50
const maxOffset = 64

function answerInlineQuery(call: Call): true {
  const { args, bot, world } = call
  const values = resultValues(call)
  const results = values.map((value) =>
    reading("Can't parse inline query result", () =>
      checkedResult(call, value, args.text("inline_query_id")),
    ),
  )
  const button = buttonArgument(call)
  const ids = new Set(results.map(({ id }) => id))
  if (ids.size < results.length) throw CallError.badRequest("RESULT_ID_DUPLICATE")
  const nextOffset = args.text("next_offset")
  if (Buffer.byteLength(nextOffset) > maxOffset) throw CallError.badRequest("NEXT_OFFSET_INVALID")
  const answer = {
    id: args.text("inline_query_id"),
    results,
    nextOffset,
    ...(button && { button }),
  }
  if (!world.inline.answer(bot.me.id, answer)) throw tooOld()
  return true
}

function resultValues({ args }: Call): readonly unknown[] {
  if (args.text("results") === "") return []
  const values: unknown = args.json("results")
  if (values === undefined) throw CallError.badRequest(brokenResults)
  if (values === null) return []
  if (!Array.isArray(values)) throw partError("Expected an Array of inline query results")
  if (values.length > maxResults) throw partError("Too many inline query results specified")
  return values
}

// Telegram adds where the JSON breaks off.
const brokenResults = "can't parse JSON encoded inline query results"

function buttonArgument({ args }: Call): InlineQueryResultsButton | undefined {
  if (args.text("button") === "") return undefined
  const value = jsonArgument(args, "button", "inline query results button")
  return reading("Can't parse inline query results button", () => {
    const button = expectObject(value, "InlineQueryResultsButton must be an Object")
    requiredTextField(button, "text")
    if (button["start_parameter"] !== undefined) requiredTextField(button, "start_parameter")
    else if (button["web_app"] !== undefined) {
      requiredTextField(requiredObjectField(button, "web_app"), "url")
    } else throw partError("InlineQueryResultsButton must have exactly one optional field")
    // Only displayed: the fields as the bot has sent them.
    return button as unknown as InlineQueryResultsButton
  })
}

/**
 * Returns a value as a result of a query. Throws Telegram's error for an invalid one.
 *
 * @param queryId the id of the query, under which the terms of an invoice are stored
 */
export function checkedResult(call: Call, value: unknown, queryId: string): InlineQueryResult {
  const result = expectObject(value, "Inline query result must be an object")
  const type = requiredTextField(result, "type").toLowerCase()
  const id = requiredTextField(result, "id")
  checkContent(call, { type, queryId }, result)
  const markup = objectField(result, "reply_markup")
  if (markup !== undefined) inlineKeyboard(markup)
  const form = ownValue(resultForms, type)
  if (form === undefined) {
    throw partError(`type "${type}" is unsupported for the inline query result`)
  }
  checkForm(result, form)
  if (id === "" || Buffer.byteLength(id) > 64) throw CallError.badRequest("RESULT_ID_INVALID")
  // The checks are the same as Telegram's.
  return result as unknown as InlineQueryResult
}

function checkContent(
  call: Call,
  { type, queryId }: { readonly type: string; readonly queryId: string },
  result: Fields,
): void {
  const content = objectField(result, "input_message_content")
  if (content === undefined) {
    // The form from before 2016, which Telegram's server still requires.
    if (type === "article") requiredTextField(result, "message_text")
    return
  }
  refuseFields(content, "InputRichMessageContent")
  const preview = objectField(content, "link_preview_options")
  if (preview !== undefined) checkLinkPreview(preview)
  const isKnown = checkInputContent(content)
  if (!isKnown && type === "article") throw partError("Input message content is not specified")
  if (isKnown && inputContent(content)?.invoice !== undefined) {
    const { bot, world } = call
    const key = resultKey(queryId, textField(result, "id"))
    world.payments.bills.set(key, billOf(asArguments(content), bot.me.id))
  }
}
