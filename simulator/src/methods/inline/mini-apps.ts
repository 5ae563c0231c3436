import type {
  KeyboardButton,
  PreparedInlineMessage,
  PreparedKeyboardButton,
  SentGuestMessage,
  SentWebAppMessage,
} from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { sendResult, sendAsGuest } from "../../people/inline-queries.js"
import type { OpenQuery, PreparedKind } from "../../world/mini-apps.js"
import { reading } from "../fields.js"
import { jsonArgument, objectArgument } from "../json-argument.js"
import { checkKey } from "../keyboard-key.js"
import { userArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"
import { requiredText } from "../required-argument.js"
import { tooOld } from "./callbacks.js"
import { checkedResult } from "./inline-queries.js"

/** Methods for Mini Apps and for guests: each sends, or prepares, one result of inline mode. */
export const miniAppMethods: MethodTable = {
  answerWebAppQuery,
  answerGuestQuery,
  savePreparedInlineMessage,
  savePreparedKeyboardButton,
  sendChatJoinRequestWebApp,
}

/** The seconds for which a prepared message can be sent. */
const preparedSeconds = 86_400
const kinds: readonly PreparedKind[] = ["user", "bot", "group", "channel"]

function answerWebAppQuery(call: Call): SentWebAppMessage {
  const { args, world } = call
  const id = requiredText(args, "web_app_query_id")
  const result = resultArgument(call, id)
  const { person, where } = openQuery(call, world.miniApps.queries, id)
  const sent = { bot: call.bot, queryId: id, result }
  return { inline_message_id: sendResult({ person, world }, where, sent).inlineId }
}

function answerGuestQuery(call: Call): SentGuestMessage {
  const { args, world } = call
  const id = requiredText(args, "guest_query_id")
  const result = resultArgument(call, id)
  const { person, where } = openQuery(call, world.miniApps.guests, id)
  const sent = { bot: call.bot, queryId: id, result }
  return { inline_message_id: sendAsGuest({ person, world }, where, sent) }
}

function openQuery(
  { bot }: Call,
  open: { get(id: string): OpenQuery | undefined; delete(id: string): unknown },
  id: string,
): OpenQuery {
  const query = open.get(id)
  if (query?.botId !== bot.me.id) throw tooOld()
  open.delete(id)
  return query
}

function resultArgument(call: Call, queryId: string) {
  requiredText(call.args, "result")
  const given = jsonArgument(call.args, "result", "web app query result")
  return reading("Can't parse inline query result", () => checkedResult(call, given, queryId))
}

function savePreparedInlineMessage(call: Call): PreparedInlineMessage {
  const { args, bot, world } = call
  const { id: personId } = userArgument(call)
  const id = world.newInlineId()
  const result = resultArgument(call, id)
  const allowed = kinds.filter((kind) => args.flag(`allow_${kind}_chats`))
  if (allowed.length === 0) throw CallError.badRequest("PEER_TYPES_INVALID")
  const expiration_date = world.now + preparedSeconds
  const terms = { botId: bot.me.id, personId, kinds: allowed, expiresAt: expiration_date }
  world.miniApps.messages.set(id, { ...terms, result })
  return { id, expiration_date }
}

function savePreparedKeyboardButton(call: Call): PreparedKeyboardButton {
  const { args, bot, world } = call
  const { id: personId } = userArgument(call)
  requiredText(args, "button")
  const given = objectArgument(args, "button", "KeyboardButton") ?? {}
  reading("Can't parse KeyboardButton", () => checkKey(given))
  const requests = ["request_users", "request_chat", "request_managed_bot"]
  if (!requests.some((name) => given[name] !== undefined)) {
    throw CallError.badRequest("BUTTON_TYPE_INVALID")
  }
  const id = world.newInlineId()
  // The check above is the same as Telegram's.
  const button = given as unknown as KeyboardButton
  world.miniApps.keys.set(id, { botId: bot.me.id, personId, button })
  return { id }
}

// The bot answers the query after the Mini App.
function sendChatJoinRequestWebApp({ args, bot, world }: Call): true {
  const id = requiredText(args, "chat_join_request_query_id")
  const url = requiredText(args, "web_app_url")
  if (!/^https:\/\/./.test(url)) throw CallError.badRequest("WEBAPP_URL_INVALID")
  const query = world.joinQueries.extend(id, bot.me.id, world.now)
  if (query === undefined) throw tooOld()
  world.miniApps.joinApps.set(`${query.userId}:${query.where.chat.id}`, url)
  return true
}
