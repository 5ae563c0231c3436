import { type UpdatePut, updatePut } from "../../events/index.js"
import type { AdviceLog } from "../../ground/advice-log.js"
import { idleTimer, type Timer } from "../../ground/timer.js"
import type { NamedLaneRule } from "../../queue/named-lane-rule.js"
import { updateLane } from "../../telegram/update-facts.js"
import type { HeldDeliveries, HeldDelivery } from "../consumer/held-deliveries.js"

/**
 * Milliseconds between two checks of the running handlers, and the number of checks before the log line.
 */
const [checkMs, checksBeforeLog] = [1_000, 10]

/** The state of a running handler between two checks. */
interface WatchedHandler {
  /** The number of checks in which the handler still ran, after the first check that found it running. */
  checks: number
  /** The put of a later update of the same lane, which waits until the handler ends. */
  waiting: UpdatePut | undefined
}

/**
 * A watch that logs a handler that has run for 10 s while a later update of its lane waits. Such a handler may
 * await that very update, and then never ends.
 */
export class LaneWatch {
  readonly #held: HeldDeliveries
  readonly #rule: NamedLaneRule
  readonly #advice: AdviceLog
  #watched = new Map<HeldDelivery, WatchedHandler>()
  #timer: Timer | undefined
  #stopListening: (() => void) | undefined

  /** @param rule the rule by which the queue divides updates into lanes */
  constructor(held: HeldDeliveries, rule: NamedLaneRule, advice: AdviceLog) {
    this.#held = held
    this.#rule = rule
    this.#advice = advice
  }

  /** Starts the checks, unless they are running. Call this method after the start of each handling. */
  onStarted(): void {
    this.#timer ??= idleTimer(() => this.#check(), checkMs)
  }

  /** Stops the timer and removes the listener. */
  stop(): void {
    this.#timer?.stop()
    this.#stopListening?.()
  }

  #check(): void {
    const previous = this.#watched
    const watched = this.#held.snapshot().map((held): [HeldDelivery, WatchedHandler] => {
      const { checks = -1, waiting } = previous.get(held) ?? {}
      return [held, { checks: checks + 1, waiting }]
    })
    this.#watched = new Map(watched)
    for (const [held, { checks, waiting }] of watched) {
      if (checks >= checksBeforeLog && waiting?.isRepeated === false)
        this.#log(held, waiting.update.update_id)
    }
    this.#setListening(watched.length > 0)
    this.#timer = watched.length > 0 ? idleTimer(() => this.#check(), checkMs) : undefined
  }

  #setListening(isListening: boolean): void {
    if (isListening) this.#stopListening ??= updatePut.subscribe((put) => this.#onPut(put))
    else {
      this.#stopListening?.()
      this.#stopListening = undefined
    }
  }

  #onPut(put: UpdatePut): void {
    const lane = updateLane(put.update, this.#rule)
    for (const [{ delivery }, watched] of this.#watched) {
      if (delivery.botId !== put.botId || delivery.lane !== lane) continue
      if (delivery.update.update_id === put.update.update_id) continue
      // A repeated update may have been handled before, and then does not wait: its put never replaces that of a
      // new update.
      if (watched.waiting?.isRepeated !== false) watched.waiting = put
    }
  }

  #log({ delivery, work }: HeldDelivery, waitingUpdateId: number): void {
    const { update_id: id } = delivery.update
    const [line, rule] = [work.run.line, this.#rule]
    this.#advice.warnOnce(
      `The handler${line ? ` at ${line}` : ""} of update ${id} has been running for ${checksBeforeLog} s, and ` +
        `update ${waitingUpdateId} of the same ${rule} waits for its end: a ${rule}'s updates are handled one ` +
        `after the other. A handler that awaits a later message of its ${rule} never ends: store the state ` +
        "of the conversation, return, and continue in the handler of that message",
      `lane ${line ?? ""}`,
    )
  }
}
