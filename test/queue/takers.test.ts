import { describe, expect, test } from "vitest"
import { Takers } from "../../src/queue/takers.js"
import type { Delivery } from "../../src/queue/update-queue.js"
import { updateOf } from "../../src/testing/queue-probe.js"

const delivery = (attempt: number): Delivery => ({
  ...{ botId: 1, update: updateOf(7, 1), lane: "c7", attempt, receivedAt: 0 },
  done: async () => {},
  retry: async () => {},
  setAside: async () => {},
  handBack: async () => false,
})

describe("those who wait for a delivery", () => {
  test("are given to in the order in which they came", async () => {
    const takers = new Takers()
    const { signal } = new AbortController()
    const taken = [takers.wait(signal), takers.wait(signal)]
    expect(takers.size).toBe(2)
    takers.give(delivery(1))
    takers.give(delivery(2))
    expect((await Promise.all(taken)).map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(takers.isEmpty).toBe(true)
  })

  test("of one signal go when it is aborted, and the others keep their order", async () => {
    const takers = new Takers()
    const [one, other] = [new AbortController(), new AbortController()]
    const going = [takers.wait(one.signal), takers.wait(one.signal)]
    const staying = [takers.wait(other.signal)]
    going.push(takers.wait(one.signal))
    staying.push(takers.wait(other.signal))
    one.abort(new Error("stopped"))
    for (const gone of going) await expect(gone).rejects.toThrow("stopped")
    expect(takers.size).toBe(2)
    takers.give(delivery(1))
    takers.give(delivery(2))
    expect((await Promise.all(staying)).map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  test("are all sent away with a reason, and new ones may come", async () => {
    const takers = new Takers()
    const { signal } = new AbortController()
    const gone = [takers.wait(signal), takers.wait(signal)]
    takers.refuse(new Error("closed"))
    for (const one of gone) await expect(one).rejects.toThrow("closed")
    expect(takers.isEmpty).toBe(true)
    const taken = takers.wait(signal)
    takers.give(delivery(3))
    expect((await taken).attempt).toBe(3)
  })

  test("may be none, and nobody minds", () => {
    const takers = new Takers()
    takers.give(delivery(1))
    takers.refuse(new Error("closed"))
    expect(takers.size).toBe(0)
  })
})
