import { errorText } from "../ground/error-text.js"
import { ownValue } from "../ground/own-value.js"
import { type AdminBot, type AdminBotState, stateWords } from "./bot-directory.js"

/** The number of bots of a page of the list. */
export const botsPerPage = 50
/** The longest text of a search, in characters. */
const longestSearch = 100

/** A search among the bots. */
export interface BotQuery {
  /** The text to find; empty for all bots. */
  readonly text: string
  /** The state of the bots; `undefined` for all. */
  readonly state: AdminBotState | undefined
  /** The number of the page, from 1. */
  readonly page: number
}

/** A page of the bots that a search has found. */
export interface FoundBots {
  readonly bots: readonly AdminBot[]
  /** The number of all found bots, and of all bots. */
  readonly found: number
  readonly total: number
  /** The number of the page and the number of pages, from 1. */
  readonly page: number
  readonly pages: number
  /** The number of bots in each state that occurs. */
  readonly states: ReadonlyMap<AdminBotState, number>
}

/** Parses the parameters of a search. Parameters of a wrong form are ignored. */
export function parseQuery(parameters: URLSearchParams): BotQuery {
  const state = parameters.get("state") ?? ""
  const page = Number(parameters.get("page") ?? 1)
  return {
    text: (parameters.get("q") ?? "").trim().slice(0, longestSearch).toWellFormed(),
    state: ownValue(stateWords, state) === undefined ? undefined : (state as AdminBotState),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  }
}

/** Returns the parameters of a search, with a question mark; an empty text for the first page of all bots. */
export function searchText({ text, state, page }: BotQuery): string {
  const parameters = new URLSearchParams()
  if (text !== "") parameters.set("q", text)
  if (state !== undefined) parameters.set("state", state)
  if (page > 1) parameters.set("page", String(page))
  return parameters.size === 0 ? "" : `?${parameters.toString()}`
}

/**
 * Returns a page of the bots that a search finds by their ids, names, kinds, reasons and errors.
 *
 * @param lastErrorOf returns the text of the last error of a bot; `undefined` without one
 */
export function findBots(
  all: readonly AdminBot[],
  query: BotQuery,
  lastErrorOf: (botId: number) => string | undefined,
): FoundBots {
  const states = new Map<AdminBotState, number>()
  for (const { state } of all) states.set(state, (states.get(state) ?? 0) + 1)
  const wanted = query.text.toLowerCase().replace(/^@/, "")
  const found = all.filter(
    (bot) =>
      (query.state === undefined || bot.state === query.state) &&
      hasText(bot, wanted, lastErrorOf(bot.botId)),
  )
  const pages = Math.max(1, Math.ceil(found.length / botsPerPage))
  const page = Math.min(query.page, pages)
  const bots = found.slice((page - 1) * botsPerPage, page * botsPerPage)
  return { bots, found: found.length, total: all.length, page, pages, states }
}

function hasText(
  { botId, name, username, kind, reason, problem }: AdminBot,
  text: string,
  lastError: string | undefined,
): boolean {
  if (text === "") return true
  const problemText = problem === undefined ? undefined : errorText(problem)
  const texts = [String(botId), name, username, kind, reason, problemText, lastError]
  return texts.some((each) => each?.toLowerCase().includes(text))
}
