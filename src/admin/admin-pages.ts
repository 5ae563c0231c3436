import type { IncomingMessage } from "node:http"
import { settledWithin } from "../ground/settled-within.js"
import type { QueueStatus } from "../queue/queue-administration.js"
import type { UpdateQueue } from "../queue/index.js"
import { type AdminAnswer, plainAnswer } from "./admin-answer.js"
import type { BotActivity } from "./bot-activity.js"
import type { BotDirectory } from "./bot-directory.js"
import { botsPerPage, findBots, type FoundBots, parseQuery, searchText } from "./bot-query.js"
import { botView } from "./bot-view.js"
import { ChangeGuard } from "./change-guard.js"
import { explainError } from "./explain-error.js"
import { readForm } from "./form-body.js"
import { html } from "./html.js"
import { listView } from "./list-view.js"
import { overviewView } from "./overview-view.js"
import { errorBubble, pageFrame } from "./page-frame.js"
import { style } from "./style.js"

/** The number of bots whose errors the overview shows. */
const errorsShown = 10
/** The time within which the queue has to report its numbers, in milliseconds. */
const queueTimeoutMs = 2_000
/** The longest reason, in characters. */
const longestReason = 200

/** The base of the paths of requests. */
const base = "http://page"

/** The parts of a page. */
export interface AdminPagesOptions {
  readonly directory: BotDirectory
  readonly queue: UpdateQueue | undefined
  /** The traffic; `undefined` for the page of a store. */
  readonly activity: BotActivity | undefined
}

/** The pages of a fleet, and the changes that their forms make. The caller checks the password first. */
export class AdminPages {
  readonly #options: AdminPagesOptions
  readonly #guard = new ChangeGuard()

  constructor(options: AdminPagesOptions) {
    this.#options = options
  }

  /** Returns the answer to a request. Never rejects. */
  async answer(request: IncomingMessage): Promise<AdminAnswer> {
    try {
      return await this.#route(request)
    } catch (error) {
      return failurePage(error)
    }
  }

  async #route(request: IncomingMessage): Promise<AdminAnswer> {
    const { url = "/" } = request
    if (!URL.canParse(url, base)) return plainAnswer(400, "Bad request")
    const { pathname, searchParams } = new URL(url, base)
    const isRead = request.method === "GET" || request.method === "HEAD"
    const [, id, change] = /^\/bots\/([1-9]\d{0,14})(?:\/(park|wake))?$/.exec(pathname) ?? []
    if (change !== undefined) {
      if (request.method !== "POST")
        return plainAnswer(405, "Method not allowed", { allow: "POST" })
      return this.#change(request, { botId: Number(id), change, searchParams })
    }
    const isPage = pathname === "/" || id !== undefined
    if (!isPage && pathname !== "/style.css") return plainAnswer(404, "Not found")
    if (!isRead) return plainAnswer(405, "Method not allowed", { allow: "GET, HEAD" })
    if (!isPage) return { status: 200, headers: { "content-type": "text/css" }, body: style }
    return this.#page(searchParams, id === undefined ? undefined : Number(id))
  }

  async #page(parameters: URLSearchParams, botId: number | undefined): Promise<AdminAnswer> {
    const { directory, activity } = this.#options
    const query = parseQuery(parameters)
    const all = await directory.list()
    const ids = new Set(all.map((bot) => bot.botId))
    activity?.keepOnly((id) => ids.has(id))
    const found = findBots(all, query, (id) => activity?.errorsOf(id)[0]?.text)
    const shown = found.bots.map((bot) => bot.botId)
    if (botId !== undefined && ids.has(botId) && !shown.includes(botId)) shown.push(botId)
    directory.shown(shown)
    const depths = await this.#depths(shown)
    const list = listView({ found, query, depths, activity, chosen: botId })
    if (botId === undefined) {
      return {
        status: 200,
        body: pageFrame("Fleet", { list, main: await this.#overview(found), isBot: false }),
      }
    }
    const bot = await directory.get(botId)
    if (!bot) return messagePage(404, "There is no such bot.")
    const depth = depths.get(botId)
    const { token } = this.#guard
    const main = botView({ bot, depth, activity, token, search: searchText(query) })
    return { status: 200, body: pageFrame(bot.name ?? `Bot ${botId}`, { list, main, isBot: true }) }
  }

  async #overview({ states }: FoundBots) {
    const { activity } = this.#options
    const [queue, errors] = [await this.#queueStatus(), activity?.lastErrors(errorsShown) ?? []]
    return overviewView({ states, queue, errors })
  }

  async #change(
    request: IncomingMessage,
    {
      botId,
      change,
      searchParams,
    }: { botId: number; change: string; searchParams: URLSearchParams },
  ): Promise<AdminAnswer> {
    const { directory } = this.#options
    const form = await readForm(request)
    if (!form) return plainAnswer(413, "The form is too long")
    if (!this.#guard.permits(request, form.get("token"))) {
      return messagePage(
        403,
        "The form is not of this page, or the page was started again. Load the page again.",
      )
    }
    if (change === "wake") await directory.wake(botId)
    else {
      const reason = (form.get("reason") ?? "").trim().slice(0, longestReason)
      await directory.park(botId, reason === "" ? undefined : reason)
    }
    const location = `/bots/${botId}${searchText(parseQuery(searchParams))}`
    return plainAnswer(303, "See the bot", { location })
  }

  /** Resolves with the depths of the queue; without numbers if the queue does not report them in time. */
  async #depths(botIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const { records } = this.#options.queue ?? {}
    if (!records || botIds.length === 0 || botIds.length > botsPerPage + 1) return new Map()
    const depths = await settledWithin(queueTimeoutMs, records.depths(botIds)).catch(() => [])
    return new Map((depths ?? []).map((depth, index) => [botIds[index] ?? 0, depth]))
  }

  async #queueStatus(): Promise<Partial<QueueStatus> | undefined> {
    // A queue need not report its status.
    const queue = this.#options.queue as
      | (Partial<Pick<QueueStatus, "waiting">> & { status?: () => Promise<QueueStatus> })
      | undefined
    if (queue?.status) {
      return settledWithin(queueTimeoutMs, queue.status()).catch(() => undefined)
    }
    return queue?.waiting === undefined ? undefined : { waiting: queue.waiting }
  }
}

/** The place of the list on a page without a list. */
const noList = html`<section class="sidebar" aria-label="Bots">
  <header class="bar">
    <p class="title"><a href="/">Fleet</a></p>
  </header>
</section>`

/** Returns a page with one sentence. */
function messagePage(status: number, text: string): AdminAnswer {
  const main = html`<main class="chat">
    <div class="content"><h1 class="pill">${text}</h1></div>
  </main>`
  return { status, body: pageFrame(text, { list: noList, main, isBot: true }) }
}

/** Returns the page of a failure, such as a store that cannot be reached. */
function failurePage(error: unknown): AdminAnswer {
  const main = html`<main class="chat">
    <div class="content">
      <h1 class="pill">The page cannot be shown</h1>
      <ul class="bubbles">
        ${errorBubble(explainError(error))}
      </ul>
    </div>
  </main>`
  return { status: 503, body: pageFrame("Failure", { list: noList, main, isBot: true }) }
}
