import { Component } from "preact"
import { useEffect, useState } from "preact/hooks"
import type { PageAttempt, PageUpdate } from "../../../src/page/protocol.js"
import { act } from "../server.js"
import { exactTime, lengthOf } from "../times.js"
import { explain } from "./explain.js"
import { gistOfUpdate } from "./gist.js"
import { JsonView } from "./json-view.js"

const labels = {
  waiting: "waiting",
  sending: "sending",
  retrying: "failed",
  delivered: "delivered",
  dropped: "dropped",
  given: "given",
  confirmed: "confirmed",
  unsent: "not sent: privacy mode",
  excluded: "not sent: not in allowed_updates",
} as const

const meanings = {
  waiting: "The update waits in Telegram's queue",
  sending: "The update is on its way to the webhook",
  retrying: "The webhook has not accepted the update; Telegram will try again",
  delivered: "The webhook has accepted the update",
  dropped: "Telegram has removed the update: it expired, or the bot dropped its pending updates",
  given: "getUpdates has returned the update; Telegram keeps it until a higher offset comes",
  confirmed: "A higher offset has confirmed the update",
  unsent:
    "In a group, a bot in privacy mode gets only commands, replies to its messages and mentions of it",
  excluded:
    "The last getUpdates or setWebhook named other types of update. Without a list, Telegram sends all types except chat_member, message_reaction and message_reaction_count",
} as const

const looks = {
  waiting: "calm",
  sending: "busy",
  retrying: "bad",
  delivered: "good",
  dropped: "bad",
  given: "busy",
  confirmed: "good",
  unsent: "calm",
  excluded: "calm",
} as const

/** An update with the history of its delivery. */
export class UpdateRow extends Component<{ readonly update: PageUpdate }> {
  override shouldComponentUpdate(next: { readonly update: PageUpdate }): boolean {
    return next.update !== this.props.update
  }

  override render() {
    const { update } = this.props
    const { id, type, state, putAt, attempts, attemptCount, payload } = update
    const error = state === "retrying" || state === "dropped" ? attempts.at(-1) : undefined
    return (
      <li class="row">
        <details>
          <summary>
            <span class="row-name">{type}</span>
            {isSent(update) ? <span class="dim">#{id}</span> : null}
            <span class="gist" dir="auto">
              {gistOfUpdate(type, payload)}
            </span>
            <Unanswered update={update} />
            <span class={`chip ${looks[state]}`} title={meanings[state]}>
              {labels[state]}
            </span>
          </summary>
          <ol class="way" aria-label="History of the update">
            <li>
              <time>{exactTime(putAt)}</time> {isSent(update) ? "queued" : meanings[state]}
            </li>
            {attemptCount > attempts.length ? (
              <li>{attemptCount - attempts.length} earlier attempts</li>
            ) : null}
            {attempts.map((attempt, index) => (
              <Attempt key={index} attempt={attempt} isPoll={isPoll(update)} />
            ))}
          </ol>
          {isSent(update) ? (
            <button
              type="button"
              class="again"
              onClick={() => void act("redeliver", { bot: update.bot, update: id })}
            >
              Deliver again
            </button>
          ) : null}
          <JsonView json={payload} label={`The update ${id}`} />
        </details>
        {error ? <Failure update={update} attempt={error} /> : null}
      </li>
    )
  }
}

const answeredWithinMs = 5_000
const hasArrived = new Set(["delivered", "given", "confirmed"])

/** A warning that the bot has received a button press and not answered it for five seconds. */
function Unanswered({ update }: { readonly update: PageUpdate }) {
  const isOpen = update.isAnswered === false && hasArrived.has(update.state)
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    if (!isOpen) return undefined
    const timer = setTimeout(() => setLate(true), answeredWithinMs)
    return () => clearTimeout(timer)
  }, [isOpen])
  if (!isOpen || !isLate) return null
  const cure = "The button is busy until the bot calls answerCallbackQuery"
  return (
    <span class="chip bad" title={cure}>
      not answered yet
    </span>
  )
}

/** Returns whether the update was queued for the bot. */
function isSent({ state }: PageUpdate): boolean {
  return state !== "unsent" && state !== "excluded"
}

function isPoll({ state }: PageUpdate): boolean {
  return state === "given" || state === "confirmed"
}

function Attempt({ attempt, isPoll }: { readonly attempt: PageAttempt; readonly isPoll: boolean }) {
  const { at, endedAt, status, error } = attempt
  const outcome = isPoll ? "given by getUpdates" : (error ?? `answered ${status ?? "nothing"}`)
  return (
    <li class={error === undefined ? "" : "bad-text"}>
      <time>{exactTime(at)}</time> {outcome}
      {isPoll ? "" : ` after ${lengthOf(endedAt - at)}`}
    </li>
  )
}

function Failure({
  update,
  attempt,
}: {
  readonly update: PageUpdate
  readonly attempt: PageAttempt
}) {
  const message = attempt.error ?? "The connection was closed without an answer"
  return (
    <div class="failure">
      <strong class="bad-text">{message}</strong>
      <p>{explain(message)}</p>
      {update.nextAt === undefined ? (
        <p>Telegram makes no further attempts.</p>
      ) : (
        <p>
          Attempt {update.attemptCount + 1} <Countdown until={update.nextAt} />
        </p>
      )}
    </div>
  )
}

function Countdown({ until }: { readonly until: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 200)
    return () => clearInterval(timer)
  }, [until])
  const left = Math.max(0, Math.ceil((until - now) / 1000))
  return <span class="countdown">{left === 0 ? "now" : `in ${left} s`}</span>
}
