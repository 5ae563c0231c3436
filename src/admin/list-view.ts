import { type AdminBot, stateWords } from "./bot-directory.js"
import { type BotQuery, type FoundBots, searchText } from "./bot-query.js"
import type { BotActivity } from "./bot-activity.js"
import { explainProblem } from "./explain-error.js"
import { type Html, html } from "./html.js"
import { avatar, botName, count, foreign } from "./page-frame.js"

/** The parts of a list of bots. */
export interface ListViewOptions {
  readonly found: FoundBots
  readonly query: BotQuery
  /** The depth of the queue for each bot of the page; empty if the queue does not count. */
  readonly depths: ReadonlyMap<number, number>
  /** The traffic; `undefined` if it is not counted here. */
  readonly activity: BotActivity | undefined
  /** The bot that is shown next to the list. */
  readonly chosen: number | undefined
}

/** Returns the list of bots, with its search. */
export function listView(options: ListViewOptions): Html {
  const { found, query, chosen } = options
  return html`<section class="sidebar" aria-label="Bots">
    <header class="bar">
      ${listTitle(chosen)}
      <p class="dim">${count(found.total)} ${found.total === 1 ? "bot" : "bots"}</p>
      <a class="button" href="${`/${searchText(query)}`}">Reload</a>
    </header>
    ${searchForm(options)}
    <div class="bot-list" tabindex="0" role="region" aria-label="List of bots">
      ${
        found.bots.length === 0
          ? html`<p class="nothing dim">There is no such bot.</p>`
          : html`<ul>
              ${found.bots.map((bot) => botRow(bot, options))}
            </ul>`
      }
    </div>
    ${found.pages > 1 && pager(found, query)}
  </section>`
}

/** Returns the title of the list, which is that of the page unless a bot is shown. */
function listTitle(chosen: number | undefined): Html {
  const link = html`<a href="/">Fleet</a>`
  return chosen === undefined ? html`<h1>${link}</h1>` : html`<p class="title">${link}</p>`
}

function searchForm({ found, query }: ListViewOptions): Html {
  const states = Object.entries(stateWords).filter(
    ([state]) => found.states.has(state as keyof typeof stateWords) || state === query.state,
  )
  return html`<form class="search" role="search" method="get" action="/">
    <input
      type="search"
      name="q"
      value="${query.text}"
      aria-label="Search by id, name, kind or error"
      placeholder="Search"
      maxlength="100"
    />
    <select name="state" aria-label="State">
      <option value="">All states</option>
      ${states.map(([state, word]) => {
        const number = found.states.get(state as keyof typeof stateWords) ?? 0
        const isChosen = state === query.state
        return html`<option value="${state}" ${isChosen ? html` selected` : ""}>
          ${word} (${count(number)})
        </option>`
      })}
    </select>
    <button type="submit">Search</button>
  </form>`
}

function botRow(bot: AdminBot, { query, depths, activity, chosen }: ListViewOptions): Html {
  const { botId, kind, state, reason, problem } = bot
  const href = `/bots/${botId}${searchText(query)}`
  const last = activity?.errorsOf(botId)[0]
  const trouble =
    reason ?? (problem === undefined ? last?.text : explainProblem(problem).text) ?? undefined
  const depth = depths.get(botId) ?? 0
  const perMinute = activity?.trafficOf(botId).perMinute ?? 0
  return html`<li>
    <a class="chat-row" href="${href}" ${botId === chosen && html` aria-current="page"`}>
      ${avatar(bot)}
      <span class="chat-row-text">
        <span class="chat-row-line">
          <span class="chat-row-name">${botName(bot)}</span>
          <span class="state state-${state}">${stateWords[state]}</span>
        </span>
        <span class="chat-row-line dim">
          <span>${bot.name !== undefined && html`${botId} `}${kind !== "" && foreign(kind)}</span>
          <span class="numbers">
            ${perMinute > 0 && html`<span>${count(perMinute)}/min</span>`}
            ${depth > 0 && html`<span class="badge">${count(depth)}<span class="hidden"> in the queue</span></span>`}
          </span>
        </span>
        ${trouble !== undefined && html`<span class="chat-row-last">${foreign(trouble)}</span>`}
      </span>
    </a>
  </li>`
}

function pager({ page, pages, found }: FoundBots, query: BotQuery): Html {
  const to = (number: number) => `/${searchText({ ...query, page: number })}`
  return html`<nav class="pager" aria-label="Pages">
    ${page > 1 && html`<a class="button" rel="prev" href="${to(page - 1)}">Previous</a>`}
    <span class="dim">Page ${count(page)} of ${count(pages)} · ${count(found)} bots</span>
    ${page < pages && html`<a class="button" rel="next" href="${to(page + 1)}">Next</a>`}
  </nav>`
}
