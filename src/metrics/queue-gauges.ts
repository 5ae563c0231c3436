import { settledWithin } from "./settled-within.js"
import type { Registry } from "./registry.js"

/**
 * A queue that can say how full it is: with a number `waiting`, or with a method `status()` that
 * resolves with a {@link WatchedStatus}. Every queue of Sounder can; the contract of queues does not
 * ask for it, so that this is found out only when it runs.
 */
export type WatchedQueue = object

/** What a queue says of itself. */
export interface WatchedStatus {
  /** Those that wait. */
  readonly waiting: number
  /** Those that a worker holds. */
  readonly running: number
  /** Those that were set aside. */
  readonly setAside: number
  /** When the first of those that wait or run was put. */
  readonly oldestPutAt?: Date
}

/** What is known of a queue: some know only how many wait. */
type Shown = Pick<WatchedStatus, "waiting"> & Partial<WatchedStatus>

/** How long a queue may take to answer, in milliseconds. */
const patienceMs = 2000

/**
 * Shows how full queues are, whenever the metrics are asked for. A queue that cannot say it within
 * two seconds is shown as down, and its numbers are left out.
 */
export function showQueues(registry: Registry, queues: ReadonlyMap<string, WatchedQueue>): void {
  const labels = ["queue"]
  const up = registry.gauge({
    name: "sounder_queue_up",
    help: "1 if the queue could report its status, otherwise 0.",
    labels,
  })
  const waiting = registry.gauge({
    name: "sounder_queue_waiting",
    help: "Updates that wait for their lane, a worker or their next attempt.",
    labels,
  })
  const running = registry.gauge({
    name: "sounder_queue_running",
    help: "Deliveries in the hands of workers, in this process or another.",
    labels,
  })
  const setAside = registry.gauge({
    name: "sounder_queue_set_aside",
    help: "Updates that are set aside and can be replayed.",
    labels,
  })
  const age = registry.gauge({
    name: "sounder_queue_oldest_age_seconds",
    help: "Age of the oldest update that waits or is in a worker's hands.",
    labels,
  })
  registry.onCollect(async () => {
    for (const gauge of [up, waiting, running, setAside, age]) gauge.clear()
    await Promise.all(
      [...queues].map(async ([name, queue]) => {
        const status = await statusOf(queue)
        up.of(name).value = status ? 1 : 0
        if (!status) return
        waiting.of(name).value = status.waiting
        if (status.running !== undefined) running.of(name).value = status.running
        if (status.setAside !== undefined) setAside.of(name).value = status.setAside
        if (status.running !== undefined) age.of(name).value = ageOf(status.oldestPutAt)
      }),
    )
  })
}

/** Whether a queue can say how full it is. */
export function canBeShown(queue: unknown): queue is { status: unknown } | { waiting: unknown } {
  return typeof queue === "object" && queue !== null && ("status" in queue || "waiting" in queue)
}

async function statusOf(queue: WatchedQueue): Promise<Shown | undefined> {
  try {
    // What a queue says is taken at its word.
    const { status, waiting } = queue as { status?: () => Promise<Shown>; waiting?: number }
    if (status) return await settledWithin(patienceMs, status.call(queue))
    return waiting === undefined ? undefined : { waiting }
  } catch {
    return undefined
  }
}

function ageOf(date: Date | undefined): number {
  return date === undefined ? 0 : Math.max(0, Date.now() - date.getTime()) / 1000
}
