import type { QueueStatus } from "../queue/queue-administration.js"
import type { BotFailureEvent } from "./bot-activity.js"
import { type AdminBotState, stateWords } from "./bot-directory.js"
import { type Html, html } from "./html.js"
import { count, errorBubble, time } from "./page-frame.js"

/** The parts of the overview. */
export interface OverviewOptions {
  readonly states: ReadonlyMap<AdminBotState, number>
  /** The status of the queue, as far as the queue reports it. */
  readonly queue: Partial<QueueStatus> | undefined
  readonly errors: readonly BotFailureEvent[]
}

/** Returns the view without a bot: the numbers of bots, the queue and the last errors of all bots. */
export function overviewView({ states, queue, errors }: OverviewOptions): Html {
  const facts = Object.entries(stateWords).flatMap(([state, word]) => {
    const number = states.get(state as AdminBotState)
    return number === undefined ? [] : [fact(html`<a href="/?state=${state}">${word}</a>`, number)]
  })
  return html`<main class="chat overview" aria-label="Overview">
    <header class="bar chat-header"><h2>Overview</h2></header>
    <div class="content" tabindex="0" role="region" aria-label="Details">
      ${facts.length > 0 && html`<dl class="card">${facts}</dl>`} ${queue && queueFacts(queue)}
      ${
        errors.length === 0
          ? html`<p class="pill">No errors</p>`
          : html`<h3 class="pill">Last errors</h3>
              <ul class="bubbles">
                ${errors.map((error) =>
                  errorBubble(error, [
                    html`<a href="/bots/${error.botId}">Bot ${error.botId}</a> · `,
                    time(error.at),
                    error.count > 1 && html` · ${count(error.count)} times`,
                  ]),
                )}
              </ul>`
      }
    </div>
  </main>`
}

function queueFacts(queue: Partial<QueueStatus>): Html {
  const { waiting, running, setAside, timers, oldestPutAt } = queue
  return html`<dl class="card">
    ${fact("Waiting updates", waiting)}${fact("Running updates", running)}
    ${fact("Updates set aside", setAside)}${fact("Timers", timers)}
    ${
      oldestPutAt &&
      html`<div>
        <dt>Oldest update</dt>
        <dd>${time(oldestPutAt.getTime())}</dd>
      </div>`
    }
  </dl>`
}

function fact(name: string | Html, number: number | undefined): Html | undefined {
  if (number === undefined) return undefined
  return html`<div>
    <dt>${name}</dt>
    <dd>${count(number)}</dd>
  </div>`
}
