import { type UpdatePut, updatePut } from "../../events/index.js"
import type { Advice } from "../../ground/advice.js"
import { idleTimer, type Timer } from "../../ground/timer.js"
import { updateLane } from "../../telegram/update-facts.js"
import type { HeldDeliveries, HeldDelivery } from "../consumer/held-deliveries.js"

/** The interval between two checks, and the number of checks after which a handler is logged. */
const [everyMs, looks] = [1_000, 10]

interface Watched {
  looks: number
  /** The id of a waiting update of the same chat; `undefined` if none has come. */
  waits: number | undefined
}

/** A watch that logs a handler that has run for 10 seconds while a later update of its chat waits. */
export class LaneWatch {
  readonly #held: HeldDeliveries
  readonly #advice: Advice
  #watched = new Map<HeldDelivery, Watched>()
  #timer: Timer | undefined
  #stopListening: (() => void) | undefined

  constructor(held: HeldDeliveries, advice: Advice) {
    this.#held = held
    this.#advice = advice
  }

  /** Called after a handling has started. */
  onStarted(): void {
    this.#timer ??= idleTimer(() => this.#look(), everyMs)
  }

  /** Stops looking. */
  stop(): void {
    this.#timer?.stop()
    this.#stopListening?.()
  }

  #look(): void {
    const before = this.#watched
    const watched = this.#held.snapshot().map((held): [HeldDelivery, Watched] => {
      const known = before.get(held)
      return [held, { looks: (known?.looks ?? -1) + 1, waits: known?.waits }]
    })
    this.#watched = new Map(watched)
    for (const [held, { looks: seen, waits }] of watched) {
      if (seen >= looks && waits !== undefined) this.#tell(held, waits)
    }
    this.#listen(watched.length > 0)
    this.#timer = watched.length > 0 ? idleTimer(() => this.#look(), everyMs) : undefined
  }

  #listen(wanted: boolean): void {
    if (wanted) this.#stopListening ??= updatePut.subscribe((put) => this.#put(put))
    else {
      this.#stopListening?.()
      this.#stopListening = undefined
    }
  }

  #put({ botId, update }: UpdatePut): void {
    for (const [{ delivery }, watched] of this.#watched) {
      const isSame = delivery.botId === botId && delivery.lane === updateLane(update)
      if (isSame && delivery.update.update_id !== update.update_id) watched.waits = update.update_id
    }
  }

  #tell({ delivery, work }: HeldDelivery, waits: number): void {
    const { update_id: id } = delivery.update
    const line = work.run.line
    this.#advice.tell(
      `The handler${line ? ` at ${line}` : ""} of update ${id} has been running for ${looks} s, and update ` +
        `${waits} of the same chat waits for its end: a chat's updates are handled one after the other. A ` +
        "handler that awaits a later message of its chat never ends: keep what is asked, and let the " +
        "handler of that message go on",
      `lane ${line ?? ""}`,
    )
  }
}
