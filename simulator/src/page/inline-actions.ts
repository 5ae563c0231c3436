import { choose, typeInline } from "../people/inline-queries.js"
import { SimulatedBot } from "../people/simulated-bot.js"
import { SimulatedGroup } from "../people/simulated-group.js"
import type { QueryAnswer } from "../world/inline-mode.js"
import { conversationOf, personOf } from "./acting.js"
import type { ActionTable, PageAction } from "./page-action.js"
import type { PageInlineAnswer, PageInlineResult } from "./protocol.js"

/** Actions for inline queries that a person types on the page. */
export const inlineActions: ActionTable = { typeInline: type, chooseInline }

// The bot's answer follows as an event.
function type(action: PageAction): object {
  const { input, parts, feed } = action
  const person = personOf(action)
  const { chat } = conversationOf(action)
  const chat_type = chat.type === "private" ? "sender" : chat.type
  const actor = { person, world: parts.world }
  const { id, answered } = typeInline(actor, input.text("text"), { chat_type })
  const publishAnswer = (answer: QueryAnswer) => feed.inlineAnswered(person, answer, viewOf(answer))
  answered.then(publishAnswer, () => {})
  return { id }
}

function chooseInline(action: PageAction): object {
  const { input, parts, feed } = action
  const person = personOf(action)
  const where = conversationOf(action)
  const answer = feed.inlineAnswer(person, input.text("id"))
  if (answer === undefined) throw new TypeError("These results are too old: type the query again")
  const [bot] = where.bots
  const isPrivate = where.chat.type === "private" && bot !== undefined
  const to = isPrivate ? new SimulatedBot(bot) : new SimulatedGroup(where, parts.world)
  const message = choose({ person, world: parts.world }, answer, input.text("result"), to)
  return { message_id: message.message_id }
}

function viewOf(answer: QueryAnswer): Omit<PageInlineAnswer, "person"> {
  const { id, botId: bot, query, results } = answer
  return { id, bot, query, results: results.map((result) => resultView(result)) }
}

function resultView(result: QueryAnswer["results"][number]): PageInlineResult {
  const { id, type } = result
  return { id, type, title: wordOf(result, titles), description: wordOf(result, descriptions) }
}

const titles = ["title", "first_name", "caption"]
const descriptions = ["description", "address", "phone_number"]

// The bot has sent these fields, and nothing has checked them.
function wordOf(result: object, names: readonly string[]): string {
  const fields = new Map<string, unknown>(Object.entries(result))
  const firstText = names.map((name) => fields.get(name)).find((value) => typeof value === "string")
  return typeof firstText === "string" ? firstText.slice(0, 300) : ""
}
