import { describe, expect, test } from "vitest"
import {
  type ArrivalWatch,
  type Delivery,
  type IncomingUpdate,
  MemoryQueue,
  type UpdateQueue,
} from "../../src/queue/index.js"
import { updateQueueBehaviours } from "../../src/testing/index.js"

/** Returns the failed behaviours of a queue, among those whose names begin with `begin`. */
async function failures(open: () => UpdateQueue, options = {}, begin = ""): Promise<string[]> {
  const behaviours = updateQueueBehaviours(open, options).filter(({ name }) =>
    name.startsWith(begin),
  )
  expect(behaviours).not.toEqual([])
  const verdicts = behaviours.map(({ name, run }) =>
    run().then(
      () => [],
      () => [name],
    ),
  )
  return (await Promise.all(verdicts)).flat()
}

/** A nearly correct queue. */
class Flawed implements UpdateQueue {
  readonly inner = new MemoryQueue({ capacity: 150 })

  put(incoming: IncomingUpdate): Promise<void> {
    return this.inner.put(incoming)
  }
  take(signal: AbortSignal): Promise<Delivery> | Delivery {
    return this.inner.take(signal)
  }
  handBack() {
    return this.inner.handBack()
  }
  [Symbol.asyncDispose]() {
    return this.inner[Symbol.asyncDispose]()
  }
}

class WithoutLanes extends Flawed {
  override readonly inner = new MemoryQueue({ lane: ({ update_id }) => `${update_id}` })
}

class Forgetful extends Flawed {
  override async put(incoming: IncomingUpdate) {
    void super.put(incoming).catch(() => {})
  }
}

class WithoutMemory extends Flawed {
  #next = 0
  override put({ botId, update }: IncomingUpdate) {
    return super.put({ botId, update: { ...update, update_id: this.#next++ } })
  }
}

class Deaf extends Flawed {
  override take() {
    return super.take(new AbortController().signal)
  }
}

/** A queue that reports each update, whatever its lane does. */
class Talkative extends Flawed {
  readonly #watches = new Set<ArrivalWatch>()

  override put(incoming: IncomingUpdate) {
    for (const watch of this.#watches) watch.onArrival({ ...incoming, lane: "7", runningId: 1 })
    return super.put(incoming)
  }

  watchArrivals(watch: ArrivalWatch) {
    this.#watches.add(watch)
    return { remove: () => void this.#watches.delete(watch) }
  }
}

class Persistent extends Flawed {
  watchArrivals(watch: ArrivalWatch) {
    this.inner.watchArrivals(watch)
    return { remove: () => {} }
  }
}

test("a correct queue passes every behaviour", async () => {
  expect(await failures(() => new Flawed(), { capacity: 150 })).toEqual([])
})

describe("a faulty queue is detected:", () => {
  test.each([
    [
      "that has no lanes",
      () => new WithoutLanes(),
      "a lane is closed while a worker has one of its updates",
    ],
    ["that forgets at once", () => new Forgetful(), "Telegram may not forget an update before"],
    [
      "that reports updates of free lanes",
      () => new Talkative(),
      "no update is reported that enters a lane without a running update",
    ],
    [
      "that reports another running update",
      () => new Talkative(),
      "a report names the update that runs now",
    ],
    [
      "that keeps removed watches",
      () => new Persistent(),
      "each of several watches gets the report",
    ],
    ["that joins no repeats", () => new WithoutMemory(), "a repeated update_id joins the first"],
  ])("%s", async (_, open, behaviour) => {
    expect(await failures(open, {}, behaviour)).not.toEqual([])
  })

  test("that is smaller than its capacity", async () => {
    const open = () => new MemoryQueue({ capacity: 149 })
    const begin = "a put beyond the capacity"
    expect(await failures(open, { capacity: 150 }, begin)).toHaveLength(1)
  })

  test("that ignores aborts", async () => {
    const aborts = updateQueueBehaviours(() => new Deaf()).filter(({ name }) =>
      name.startsWith("a take with an aborted signal"),
    )
    expect(aborts).toHaveLength(1)
    await expect(aborts[0]?.run()).rejects.toThrow("Missing expected rejection")
  })
})

test("reports about two processes are tested only if two queues can be opened", () => {
  const ofTwo = (options = {}) =>
    updateQueueBehaviours(() => new MemoryQueue(), options).filter(({ name }) =>
      name.startsWith("an update of another process"),
    )
  expect(ofTwo()).toEqual([])
  expect(ofTwo({ openTwo: () => [new MemoryQueue(), new MemoryQueue()] })).toHaveLength(2)
})

test("capacity is tested only if it is given, and durable queues have further behaviours", () => {
  const names = (options = {}) =>
    updateQueueBehaviours(() => new MemoryQueue(), options).map(({ name }) => name)
  expect(names().some((name) => name.includes("capacity"))).toBe(false)
  expect(names({ capacity: 5 }).some((name) => name.includes("capacity"))).toBe(true)
  expect(names({ isDurable: true })).toContain("Telegram may forget an update when it is stored")
  expect(names()).not.toContain("Telegram may forget an update when it is stored")
  expect(new Set(names({ capacity: 5 })).size).toBe(names({ capacity: 5 }).length)
})
