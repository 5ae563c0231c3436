import type { CallRecord } from "../http/api.js"
import type { Journal } from "../ground/journal.js"
import type { DeliveryRecord } from "../world/delivery-observer.js"
import type { WorldChange } from "../world/world-changes.js"
import type { World } from "../world/world.js"
import { callLine } from "./call-line.js"
import { updateGist } from "./update-gist.js"

/** A log of the updates and calls of all bots, with a line for each. */
export class TrafficLog {
  readonly #world: World
  readonly #write: (line: string) => void
  /** The bots whose last line was an empty poll. */
  readonly #idle = new Set<number>()
  readonly #ends: readonly (() => void)[]

  constructor(options: {
    world: World
    calls: Journal<CallRecord>
    deliveries: Journal<DeliveryRecord>
    write: (line: string) => void
  }) {
    const { world, calls, deliveries } = options
    this.#world = world
    this.#write = options.write
    this.#ends = [
      world.changes.subscribe((change) => this.#changed(change)),
      calls.subscribe((record) => this.#called(record)),
      deliveries.subscribe((record) => this.#delivered(record)),
    ]
  }

  /** Ends the log. */
  close(): void {
    for (const end of this.#ends) end()
  }

  #changed(change: WorldChange): void {
    if (change.kind === "withheld") {
      const text = `${change.type} ${updateGist({ ...change.payload })}`.trimEnd()
      return this.#line(change.botId, `${text} is not sent: ${change.reason}`)
    }
    if (change.kind !== "update" || change.step !== "put") return
    const colon = change.json.indexOf(":")
    const type = change.json.slice(1, colon - 1)
    // The simulator wrote this JSON.
    const payload = JSON.parse(change.json.slice(colon + 1)) as Record<string, unknown>
    const text = `update ${change.updateId} ${type} ${updateGist(payload)}`
    this.#line(change.botId, text.trimEnd())
  }

  /** Logs a call. Of successive empty polls only the first is logged, because a bot polls all the time. */
  #called(record: CallRecord): void {
    const { botId, method, status, answer } = record
    const { result } = answer
    const isEmpty = status === 200 && Array.isArray(result) && result.length === 0
    if (method !== "getUpdates" || !isEmpty) return this.#line(botId, callLine(record))
    if (this.#idle.has(botId)) return
    this.#line(botId, callLine(record))
    this.#idle.add(botId)
  }

  #delivered({ botId, updateId, outcome, status, error, sentAt, endedAt }: DeliveryRecord): void {
    const end = {
      delivered: `is delivered: ${status} in ${endedAt - sentAt} ms`,
      failed: `is not delivered: ${error ?? `${status ?? "the connection was closed"}`}`,
      dropped: "is dropped: it is too old for another attempt",
    }[outcome]
    this.#line(botId, `update ${updateId} ${end}`)
  }

  #line(botId: number, text: string): void {
    this.#idle.delete(botId)
    const time = new Date(this.#world.environment.clock.now()).toTimeString().slice(0, 8)
    const name = this.#world.bots.get(botId)?.me.username ?? String(botId)
    this.#write(`${time} @${name} ${text}`)
  }
}
