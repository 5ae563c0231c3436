import assert from "node:assert/strict"
import type { Arrival, UpdateQueue } from "../queue/index.js"
import type { Removable } from "../ground/removable.js"
import { pause, type ProbedBehaviours, type ProbedPut, type QueueProbe } from "./queue-probe.js"

/** The time in milliseconds without a report after which an update counts as not reported. */
const quietMs = 100
/** The time limit of a report, in milliseconds. */
const patienceMs = 30_000

/** The reports of a watch over arrivals. */
class Reports implements AsyncDisposable {
  readonly #arrivals: Arrival[] = []
  readonly #added: Removable

  /** Watches the messages that arrive. `watchArrivals` must exist. */
  constructor(queue: UpdateQueue) {
    const added = queue.watchArrivals?.({
      types: new Set(["message"]),
      onArrival: (arrival) => void this.#arrivals.push(arrival),
    })
    assert.ok(added, "Expected `watchArrivals` to return a Removable")
    this.#added = added
  }

  /** The ids of the reported updates, each once, as a queue may report an update several times. */
  get ids(): number[] {
    return [...new Set(this.#arrivals.map(({ update }) => update.update_id))]
  }

  /** Resolves with the report of an update. Fails if there is none within the time limit. */
  async of({ updateId }: ProbedPut): Promise<Arrival> {
    const untilMs = performance.now() + patienceMs
    for (;;) {
      const found = this.#arrivals.find(({ update }) => update.update_id === updateId)
      if (found) return found
      assert.ok(performance.now() < untilMs, `Update ${updateId} was not reported`)
      await pause(5)
    }
  }

  /** Removes the watch. */
  remove(): void {
    this.#added.remove()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.remove()
  }
}

/** The behaviours of a queue with `watchArrivals`. Any other queue passes them. */
export const arrivalBehaviours: ProbedBehaviours = watched({
  "an update that enters the lane of a running update is reported, if the queue supports it":
    async (probe, reports) => {
      const running = await probe.takeUpdate(probe.put(7, 1, 42))
      const put = probe.put(7, 2, 42)
      const { botId, lane, runningId, update } = await reports.of(put)
      assert.deepEqual([botId, lane, runningId], [42, running.lane, 1])
      assert.equal(update.message?.text, "2", "The report lacks the content of the update")
    },

  "an update that was reported waits for its turn": async (probe, reports) => {
    const running = await probe.takeUpdate(probe.put(7))
    const [before, reported] = [probe.put(7), probe.put(7)]
    await reports.of(reported)
    await probe.expectNothing()
    await running.done()
    for (const put of [before, reported]) await (await probe.takeUpdate(put)).done()
    await probe.expectNothing()
  },

  "no update is reported that enters a lane without a running update": async (probe, reports) => {
    await probe.takeUpdate(probe.put(1))
    for (const chat of [2, 2, 3]) probe.put(chat)
    // The lane of a chat of another bot has the same name.
    probe.put(1, 100, 2)
    await reports.of(probe.put(1, 101))
    await pause(quietMs)
    assert.deepEqual(reports.ids, [101])
  },

  "a report names the update that runs now": async (probe, reports) => {
    const first = await probe.takeUpdate(probe.put(7))
    const second = probe.put(7)
    assert.equal((await reports.of(second)).runningId, first.update.update_id)
    await first.done()
    await probe.takeUpdate(second)
    assert.equal((await reports.of(probe.put(7))).runningId, second.updateId)
  },

  "no update is reported while its lane waits for a retry": async (probe, reports) => {
    const first = await probe.takeUpdate(probe.put(7))
    await first.retry({ delayMs: 60_000 })
    const other = await probe.takeUpdate(probe.put(8))
    const waiting = probe.put(7)
    await reports.of(probe.put(8))
    await pause(quietMs)
    assert.ok(!reports.ids.includes(waiting.updateId), "A lane without a worker was reported")
    await other.done()
  },

  "a parked update is reported when it enters its lane": async (probe, reports) => {
    if (!probe.queue.early) return
    await probe.takeUpdate(probe.put(7, 1))
    const { put, unpark } = probe.park(7, 3)
    await put.settled
    await pause(quietMs)
    assert.deepEqual(reports.ids, [])
    unpark()
    await reports.of(put)
  },

  "each of several watches gets the report, and a removed watch none": async (probe, reports) => {
    await probe.takeUpdate(probe.put(7))
    await using other = new Reports(probe.queue)
    const removed = new Reports(probe.queue)
    removed.remove()
    const put = probe.put(7)
    await Promise.all([reports.of(put), other.of(put)])
    await pause(quietMs)
    assert.deepEqual(removed.ids, [])
  },
})

/** A behaviour of two queues with one store, which stand for two processes. */
export type PairBehaviour = (one: QueueProbe, other: QueueProbe) => Promise<void>

/** The behaviours of two queues with one store, as two processes have them. */
export const arrivalBehavioursOfTwo: Record<string, PairBehaviour> = {
  "an update of another process is reported to the process whose worker holds the lane, and to no other":
    async (one, other) => {
      if (!one.queue.watchArrivals) return
      await using ofOne = new Reports(one.queue)
      await using ofOther = new Reports(other.queue)
      const running = await one.takeUpdate(one.put(7, 1))
      const put = other.put(7, 2)
      const { lane, runningId, update } = await ofOne.of(put)
      assert.deepEqual([lane, runningId, update.message?.text], [running.lane, 1, "2"])
      await pause(quietMs)
      assert.deepEqual(ofOther.ids, [])
    },

  "an update of another process is not reported for a delivery that has ended": async (
    one,
    other,
  ) => {
    if (!one.queue.watchArrivals) return
    await using reports = new Reports(one.queue)
    const first = await one.takeUpdate(one.put(7, 1))
    await first.done()
    const put = other.put(7, 2)
    await other.expectForgotten(put)
    await one.takeUpdate(put)
    const { runningId } = await reports.of(other.put(7, 3))
    assert.equal(runningId, 2)
    assert.ok(!reports.ids.includes(2), "An update was reported whose lane was free")
  },
}

/** Returns behaviours that a queue without `watchArrivals` passes. */
function watched(
  behaviours: Record<string, (probe: QueueProbe, reports: Reports) => Promise<void>>,
): ProbedBehaviours {
  const entries = Object.entries(behaviours).map(([name, behaviour]) => {
    const run = async (probe: QueueProbe) => {
      if (!probe.queue.watchArrivals) return
      await using reports = new Reports(probe.queue)
      await behaviour(probe, reports)
    }
    return [name, run] as const
  })
  return Object.fromEntries(entries)
}
