import type { CallRecord } from "../http/api.js"
import type { DeliveryRecord } from "../world/delivery-observer.js"
import type { WorldChange } from "../world/world-changes.js"
import type { LeftUpdate } from "./pending-updates.js"
import type { PageUpdate } from "./protocol.js"

type UpdateChange = Extract<WorldChange, { kind: "update" }>
type WithheldChange = Extract<WorldChange, { kind: "withheld" }>

const maxUpdates = 500
/** The maximum number of listed attempts of an update. */
const keptAttempts = 20
const maxPayload = 20_000

/** A log of the last 500 updates, from the queue to the bot. */
export class UpdateLog {
  readonly #updates = new Map<string, PageUpdate>()
  readonly #now: () => number
  readonly #changed: (update: PageUpdate) => void
  /** Presses that the bot has not answered: the keys of their updates by the ids of the queries. */
  readonly #presses = new Map<string, PageUpdate>()
  #unsent = 0

  /** @param changed called with every new state of an update */
  constructor(now: () => number, changed: (update: PageUpdate) => void) {
    this.#now = now
    this.#changed = changed
  }

  /** The recorded updates, oldest first. */
  get updates(): PageUpdate[] {
    return [...this.#updates.values()]
  }

  /** Records that an update was queued, is being sent, or waits for its next attempt. */
  follow(change: UpdateChange): void {
    const { botId: bot, updateId: id } = change
    if (change.step === "put") return this.#put(bot, id, change.json)
    const until = change.step === "waits" ? change.until : undefined
    this.#change(bot, id, (update) => ({
      ...withoutNext(update),
      state: until === undefined ? "sending" : "retrying",
      ...(until !== undefined && { nextAt: until }),
    }))
  }

  /** Records an update that a bot was not sent. */
  withheld({ botId: bot, type, payload, reason }: WithheldChange): void {
    this.#add({
      ...{ bot, id: --this.#unsent, type, putAt: this.#now() },
      payload: JSON.stringify(payload).slice(0, maxPayload),
      state: reason === "privacy mode" ? "unsent" : "excluded",
      ...{ attempts: [], attemptCount: 0 },
    })
  }

  /** Records the answer to a button press. */
  answered(queryId: string): void {
    const press = this.#presses.get(queryId)
    if (!press) return
    this.#presses.delete(queryId)
    this.#change(press.bot, press.id, (update) => ({ ...update, isAnswered: true }))
  }

  /** Records the end of an attempt, or of all attempts. */
  ended({ botId, updateId, outcome, status, error, sentAt, endedAt }: DeliveryRecord): void {
    const attempt = {
      at: sentAt,
      endedAt,
      ...(status !== undefined && { status }),
      ...(error !== undefined && { error }),
    }
    this.#change(botId, updateId, (existing) => {
      const update = withoutNext(existing)
      if (outcome === "dropped") return { ...update, state: outcome }
      return {
        ...update,
        state: outcome === "failed" ? "retrying" : outcome,
        attempts: [...update.attempts, attempt].slice(-keptAttempts),
        attemptCount: update.attemptCount + 1,
      }
    })
  }

  /** Records that an update has left the queue. */
  left({ bot, id, state }: Pick<LeftUpdate, "bot" | "id" | "state">): void {
    this.#change(bot, id, (update) => {
      if (update.state === "delivered" || update.state === "dropped") return update
      return { ...withoutNext(update), state: state === "lost" ? "dropped" : "confirmed" }
    })
  }

  /** Records the updates that a call of `getUpdates` has returned, and returns their ids. */
  polled({ botId, status, answer }: CallRecord): number[] {
    if (status !== 200) return []
    // The simulator wrote this JSON.
    const ids = ((answer.result ?? []) as { update_id: number }[]).map(({ update_id }) => update_id)
    for (const id of ids) {
      this.#change(botId, id, (update) => ({
        ...update,
        state: "given",
        attempts: [...update.attempts, { at: this.#now(), endedAt: this.#now() }].slice(
          -keptAttempts,
        ),
        attemptCount: update.attemptCount + 1,
      }))
    }
    return ids
  }

  #put(bot: number, id: number, json: string): void {
    const colon = json.indexOf(":")
    const update: PageUpdate = {
      bot,
      id,
      type: json.slice(1, colon - 1),
      payload: json.slice(colon + 1, colon + 1 + maxPayload),
      putAt: this.#now(),
      state: "waiting",
      attempts: [],
      attemptCount: 0,
    }
    if (update.type !== "callback_query") return this.#add(update)
    // The simulator wrote this JSON.
    const { id: queryId } = JSON.parse(json.slice(colon + 1)) as { id: string }
    this.#presses.set(queryId, update)
    if (this.#presses.size > maxUpdates) this.#presses.delete(oldestOf(this.#presses))
    this.#add({ ...update, isAnswered: false })
  }

  #add(update: PageUpdate): void {
    this.#updates.set(`${update.bot}:${update.id}`, update)
    if (this.#updates.size > maxUpdates) this.#updates.delete(oldestOf(this.#updates))
    this.#changed(update)
  }

  #change(bot: number, id: number, next: (update: PageUpdate) => PageUpdate): void {
    const key = `${bot}:${id}`
    const existing = this.#updates.get(key)
    if (existing === undefined) return
    const update = next(existing)
    if (update === existing) return
    this.#updates.set(key, update)
    this.#changed(update)
  }
}

function oldestOf(map: ReadonlyMap<string, unknown>): string {
  const [oldest = ""] = map.keys()
  return oldest
}

function withoutNext(update: PageUpdate): PageUpdate {
  const { nextAt: _, ...rest } = update
  return rest
}
