import { describe, expect, test } from "vitest"
import { PendingTakes } from "../../src/queue/pending-takes.js"
import type { Delivery } from "../../src/queue/update-queue.js"
import { updateOf } from "../../src/testing/queue-probe.js"

const delivery = (attempt: number): Delivery => ({
  ...{ botId: 1, update: updateOf(7, 1), lane: "c7", attempt, receivedAt: 0 },
  done: async () => {},
  retry: async () => {},
  setAside: async () => {},
  handBack: async () => false,
})

describe("waiting calls of take", () => {
  test("get deliveries in the order of the calls", async () => {
    const takes = new PendingTakes()
    const { signal } = new AbortController()
    const given = [takes.wait(signal), takes.wait(signal)]
    expect(takes.size).toBe(2)
    takes.give(delivery(1))
    takes.give(delivery(2))
    expect((await Promise.all(given)).map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(takes.isEmpty).toBe(true)
  })

  test("are rejected when their signal aborts, and calls with another signal keep their order", async () => {
    const takes = new PendingTakes()
    const [one, other] = [new AbortController(), new AbortController()]
    const going = [takes.wait(one.signal), takes.wait(one.signal)]
    const staying = [takes.wait(other.signal)]
    going.push(takes.wait(one.signal))
    staying.push(takes.wait(other.signal))
    one.abort(new Error("stopped"))
    for (const gone of going) await expect(gone).rejects.toThrow("stopped")
    expect(takes.size).toBe(2)
    takes.give(delivery(1))
    takes.give(delivery(2))
    expect((await Promise.all(staying)).map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  test("are all rejected with a reason, and later calls wait again", async () => {
    const takes = new PendingTakes()
    const { signal } = new AbortController()
    const gone = [takes.wait(signal), takes.wait(signal)]
    takes.refuse(new Error("closed"))
    for (const one of gone) await expect(one).rejects.toThrow("closed")
    expect(takes.isEmpty).toBe(true)
    const given = takes.wait(signal)
    takes.give(delivery(3))
    expect((await given).attempt).toBe(3)
  })

  test("may be none: giving and rejecting then do nothing", () => {
    const takes = new PendingTakes()
    takes.give(delivery(1))
    takes.refuse(new Error("closed"))
    expect(takes.size).toBe(0)
  })
})
