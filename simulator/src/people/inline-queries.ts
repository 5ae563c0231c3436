import type { InlineQuery, InlineQueryResult, Message } from "@grammyjs/types"
import type { BotAccount } from "../delivery/bot-account.js"
import type { Conversation } from "../world/conversation.js"
import { gameMessage } from "../world/game-book.js"
import { inlineContent } from "../world/inline-content.js"
import type { QueryAnswer } from "../world/inline-mode.js"
import { userOfBot } from "../world/identity.js"
import { billKey, resultKey } from "../world/payments.js"
import type { World } from "../world/world.js"
import { chatWith, nameOf, type Actor, type Place } from "./actor.js"
import { berlin } from "./keys.js"
import { post } from "./messages.js"

/** Options of an inline query. */
export interface TypeOptions {
  /** The `nextOffset` of the previous answer, to get further results. */
  readonly offset?: string
  /** The kind of chat in the inline query. Default: none. */
  readonly chat_type?: InlineQuery["chat_type"]
}

/** A pending inline query. */
export interface TypedQuery {
  /** The id of the inline query. */
  readonly id: string
  /** Resolves when the bot has called `answerInlineQuery`. */
  readonly answered: Promise<QueryAnswer>
}

/** Types `@bot query`. */
export function typeInline(actor: Actor, text: string, options: TypeOptions): TypedQuery {
  const [, name = "", query = ""] = /^@(\w+)\s*(.*)$/s.exec(text) ?? []
  const { person, world } = actor
  const bot = [...world.bots.values()].find(
    ({ me }) => me.username.toLowerCase() === name.toLowerCase(),
  )
  if (bot === undefined) throw new TypeError(`Expected "@bot query", got ${JSON.stringify(text)}`)
  if (!bot.me.supports_inline_queries) {
    throw new TypeError(`@${name} has no inline mode: create it with supports_inline_queries`)
  }
  const id = world.newId()
  const answered = world.inline.asked(id, bot.me.id, query)
  const { offset = "", chat_type } = options
  const location = bot.me as { needs_inline_query_location?: boolean }
  const payload = {
    id,
    from: person.user,
    ...(chat_type && { chat_type }),
    ...(location.needs_inline_query_location === true && { location: berlin }),
    query,
    offset,
  }
  bot.push("inline_query", payload)
  return { id, answered }
}

/** Sends a result of an inline query to a chat. */
export function choose(
  actor: Actor,
  answer: QueryAnswer,
  result: string | number,
  to: Place,
): Message {
  const { person, world } = actor
  const bot = world.bots.get(answer.botId)
  const chosen = resultOf(actor, answer, result)
  if (bot === undefined) throw new TypeError("The bot of this answer no longer exists")
  const where = chatWith(actor, to)
  const sent = sendResult(actor, where, { bot, queryId: answer.id, result: chosen })
  const { message } = sent
  // The bot can change a message only if it has a keyboard.
  const inline_message_id = message.reply_markup === undefined ? undefined : sent.inlineId
  const { inlineFeedback, feedbackDenominator } = world.profiles.of(bot.me.id)
  const isReported =
    feedbackDenominator === 1 || world.environment.random.integer(1, feedbackDenominator) === 1
  if (inlineFeedback && isReported) {
    bot.push("chosen_inline_result", {
      result_id: chosen.id,
      from: person.user,
      ...(inline_message_id !== undefined && { inline_message_id }),
      query: answer.query,
    })
  }
  return message
}

/** A result of a bot, with the id of the query that it answers. */
export interface SentResult {
  readonly bot: BotAccount
  readonly queryId: string
  readonly result: InlineQueryResult
}

/** Sends a result of a bot in the name of a person. */
export function sendResult(
  actor: Actor,
  where: Conversation,
  { bot, queryId, result }: SentResult,
): { readonly message: Message; readonly inlineId: string } {
  const { world } = actor
  const content = { ...inlineContent(world, bot.me.id, result), via_bot: userOfBot(bot.me) }
  const message = post(actor, where, content)
  return { message, inlineId: keepResult(world, where, { bot, queryId, result, message }) }
}

/** Sends a result of a bot in a chat of which it is no member. Returns the id of the message. */
export function sendAsGuest(
  { person, world }: Actor,
  where: Conversation,
  { bot, queryId, result }: SentResult,
): string {
  const message = world.writeAs(bot, where, {
    ...inlineContent(world, bot.me.id, result),
    guest_bot_caller_user: person.user,
  })
  return keepResult(world, where, { bot, queryId, result, message })
}

function keepResult(
  world: World,
  where: Conversation,
  sent: SentResult & { readonly message: Message },
): string {
  const { bot, queryId, result, message } = sent
  const { message_id: messageId } = message
  keepTerms(world, { botId: bot.me.id, queryId, result, message })
  const inlineId = world.newInlineId()
  world.inline.messages.set(inlineId, { botId: bot.me.id, where, messageId })
  return inlineId
}

function resultOf(actor: Actor, answer: QueryAnswer, result: string | number): InlineQueryResult {
  const found =
    typeof result === "number"
      ? answer.results[result]
      : answer.results.find(({ id }) => id === result)
  if (found !== undefined) return found
  const ids = answer.results.map(({ id }) => JSON.stringify(id)).join(", ") || "none"
  throw new TypeError(`${nameOf(actor)} expected a result ${result}; the answer has ${ids}`)
}

// The terms of an invoice and the name of a game belong to the message from now on.
function keepTerms(
  { games, payments }: World,
  sent: { botId: number; queryId: string; result: InlineQueryResult; message: Message },
): void {
  const { botId, queryId, result, message } = sent
  const { chat, message_id } = message
  const bill = payments.bills.get(resultKey(queryId, result.id))
  if (bill !== undefined) payments.bills.set(billKey(chat.id, message_id, botId), bill)
  if (result.type === "game") {
    games.sent(gameMessage(botId, chat.id, message_id), result.game_short_name)
  }
}
