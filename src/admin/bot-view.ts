import type { BotActivity } from "./bot-activity.js"
import { type AdminBot, stateWords } from "./bot-directory.js"
import { explainProblem } from "./explain-error.js"
import { type Html, html, type HtmlPart } from "./html.js"
import { avatar, botName, count, errorBubble, foreign, time } from "./page-frame.js"

/** The parts of the view of a bot. */
export interface BotViewOptions {
  readonly bot: AdminBot
  /** The depth of the queue for the bot; `undefined` if the queue does not count. */
  readonly depth: number | undefined
  readonly activity: BotActivity | undefined
  /** The token of the forms. */
  readonly token: string
  /** The parameters of the search, for the link back to the list. */
  readonly search: string
}

/** Returns the view of a bot: its state, traffic and last errors, and the buttons that park and wake it. */
export function botView(options: BotViewOptions): Html {
  const { bot, search } = options
  const username = bot.username !== undefined && html`<bdi>@${bot.username}</bdi> · `
  return html`<main class="chat" aria-label="Bot">
    <header class="bar chat-header">
      <a class="button only-narrow" href="/${search}">Back</a>
      ${avatar(bot)}
      <div class="chat-title">
        <h1>${botName(bot)}</h1>
        <p class="dim">${username}${bot.botId}</p>
      </div>
      <span class="state state-${bot.state}">${stateWords[bot.state]}</span>
    </header>
    <div class="content" tabindex="0" role="region" aria-label="Details">
      ${changeForm(options)}${facts(options)}${errors(options)}
    </div>
  </main>`
}

function changeForm({ bot: { botId, state }, token, search }: BotViewOptions): Html | undefined {
  const hidden = html`<input type="hidden" name="token" value="${token}" />`
  if (state === "leaving") return undefined
  if (state === "parked") {
    return html`<form class="card" method="post" action="/bots/${botId}/wake${search}">
      ${hidden}<button type="submit">Wake</button>
      <p class="dim">The bot does not receive. Telegram keeps its updates for a day.</p>
    </form>`
  }
  return html`<form class="card" method="post" action="/bots/${botId}/park${search}">
    ${hidden}
    <input
      name="reason"
      maxlength="200"
      aria-label="Reason"
      placeholder="Reason"
      autocomplete="off"
    />
    <button type="submit">Park</button>
    <p class="dim">A parked bot stops receiving, and stays in the fleet.</p>
  </form>`
}

function facts({ bot, depth, activity }: BotViewOptions): Html {
  const traffic = activity?.trafficOf(bot.botId)
  const rows: (readonly [name: string, value: HtmlPart])[] = [
    ["State", stateWords[bot.state]],
    ["Reason", bot.reason === undefined ? undefined : foreign(bot.reason)],
    [
      "Next try",
      bot.retryInMs === undefined ? undefined : `in ${Math.ceil(bot.retryInMs / 1000)} s`,
    ],
    ["Kind", bot.kind === "" ? undefined : foreign(bot.kind)],
    [
      "Received",
      traffic && html`${count(traffic.received)} (${count(traffic.perMinute)} in the last minute)`,
    ],
    ["Handled", traffic && count(traffic.handled)],
    ["Failed", traffic && count(traffic.failed)],
    ["Last update", traffic && traffic.lastAt > 0 ? time(traffic.lastAt) : undefined],
    ["In the queue", depth === undefined ? undefined : count(depth)],
  ]
  return html`<dl class="card">
    ${rows.map(([name, value]) =>
      value === undefined
        ? undefined
        : html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
    )}
  </dl>`
}

function errors({ bot, activity }: BotViewOptions): HtmlPart {
  const ofBot = activity?.errorsOf(bot.botId) ?? []
  const problem =
    bot.problem === undefined ? undefined : errorBubble(explainProblem(bot.problem), "Now")
  if (!problem && ofBot.length === 0) return html`<p class="pill">No errors</p>`
  return html`<h2 class="pill">Last errors</h2>
    <ul class="bubbles">
      ${problem}
      ${ofBot.map((error) =>
        errorBubble(error, [
          time(error.at),
          error.count > 1 && html` · ${count(error.count)} times`,
        ]),
      )}
    </ul>`
}
