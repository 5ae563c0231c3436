import { settledWithin } from "../ground/settled-within.js"
import type { Registry } from "./registry.js"

/**
 * A queue that can report its status: with a number `waiting`, or with a method `status()` that
 * resolves with a {@link WatchedStatus}. Every queue of Sounder reports its status, but the contract
 * of queues does not require a report, so the check happens at run time.
 */
export type WatchedQueue = object

/** The status of a queue. */
export interface WatchedStatus {
  /** The number of waiting updates. */
  readonly waiting: number
  /** The number of updates in the hands of workers. */
  readonly running: number
  /** The number of updates that are set aside. */
  readonly setAside: number
  /** The number of own updates that wait for their time. */
  readonly timers: number
  /** The number of promised calls that wait or are being made. */
  readonly outbox: number
  /** The number of values of the state. */
  readonly values: number
  /** The time at which the oldest waiting or running update was put. */
  readonly oldestPutAt?: Date
}

/** The part of the status that a queue reports; some queues report only `waiting`. */
type ReportedStatus = Pick<WatchedStatus, "waiting"> & Partial<WatchedStatus>

/** The time within which a queue has to report its status, in milliseconds. */
const timeoutMs = 2000

/**
 * Adds the metrics of queues, read whenever the metrics are requested. A queue that does not report
 * within two seconds is shown as down, without numbers.
 */
export function addQueueMetrics(
  registry: Registry,
  queues: ReadonlyMap<string, WatchedQueue>,
): void {
  const { up, age, counts } = queueGauges(registry)
  registry.onCollect(async () => {
    for (const gauge of [up, age, ...Object.values(counts)]) gauge.clear()
    await Promise.all(
      [...queues].map(async ([name, queue]) => {
        const status = await reportedStatus(queue)
        up.series(name).value = status ? 1 : 0
        if (!status) return
        for (const [field, gauge] of Object.entries(counts)) {
          const count = status[field as keyof typeof counts]
          if (count !== undefined) gauge.series(name).value = count
        }
        if (status.running !== undefined) age.series(name).value = ageInSeconds(status.oldestPutAt)
      }),
    )
  })
}

/** Registers the gauges of queues. */
function queueGauges(registry: Registry) {
  const gauge = (name: string, help: string) => registry.gauge({ name, help, labels: ["queue"] })
  return {
    up: gauge("sounder_queue_up", "1 if the queue could report its status, otherwise 0."),
    counts: {
      waiting: gauge(
        "sounder_queue_waiting",
        "Updates that wait for their lane, a worker or their next attempt.",
      ),
      running: gauge(
        "sounder_queue_running",
        "Deliveries in the hands of workers, in this process or another.",
      ),
      setAside: gauge("sounder_queue_set_aside", "Updates that are set aside and can be replayed."),
      timers: gauge(
        "sounder_queue_timers",
        "Own updates that wait for their time, such as the next runs of jobs.",
      ),
      outbox: gauge("sounder_queue_outbox", "Promised calls that wait or are being made."),
      values: gauge(
        "sounder_queue_state_values",
        "Values of the state, such as sessions and dialogs.",
      ),
    },
    age: gauge(
      "sounder_queue_oldest_age_seconds",
      "Age of the oldest update that waits or is in a worker's hands.",
    ),
  }
}

/** Returns whether a queue can report its status. */
export function reportsStatus(queue: unknown): queue is { status: unknown } | { waiting: unknown } {
  return typeof queue === "object" && queue !== null && ("status" in queue || "waiting" in queue)
}

async function reportedStatus(queue: WatchedQueue): Promise<ReportedStatus | undefined> {
  try {
    // The fields of a reported status are not checked.
    const { status, waiting } = queue as {
      status?: () => Promise<ReportedStatus>
      waiting?: number
    }
    if (status) return await settledWithin(timeoutMs, status.call(queue))
    return waiting === undefined ? undefined : { waiting }
  } catch {
    return undefined
  }
}

function ageInSeconds(date: Date | undefined): number {
  return date === undefined ? 0 : Math.max(0, Date.now() - date.getTime()) / 1000
}
