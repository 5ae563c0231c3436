import * as fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { IdOrder } from "../../src/webhook/id-order.js"

let passed: number[]
let order: IdOrder

beforeEach(() => {
  vi.useFakeTimers()
  passed = []
  order = new IdOrder(250)
})

afterEach(() => {
  vi.useRealTimers()
})

function add(...ids: number[]): void {
  for (const id of ids) order.add(id, () => passed.push(id))
}

/** Adds an update, and lets the wait for lower ids at a start end. */
function started(id: number): void {
  add(id)
  vi.advanceTimersByTime(251)
  passed = []
}

describe("updates in the order of ids", () => {
  test("pass at once if they are next", () => {
    started(10)
    add(11, 12, 13)
    expect(passed).toEqual([11, 12, 13])
  })

  test("are held if they have overtaken another one, until that one arrives", () => {
    started(10)
    add(13, 12)
    expect(passed).toEqual([])
    add(11)
    expect(passed).toEqual([11, 12, 13])
  })

  test("wait for a missing one no longer than the limit, and not a second time", () => {
    started(10)
    add(12)
    vi.advanceTimersByTime(200)
    add(15)
    vi.advanceTimersByTime(49)
    expect(passed).toEqual([])
    vi.advanceTimersByTime(2)
    expect(passed).toEqual([12])
    add(13)
    vi.advanceTimersByTime(200)
    expect(passed).toEqual([12, 13, 15])
    add(11, 14, 16)
    expect(passed).toEqual([12, 13, 15, 11, 14, 16])
  })

  test("hardly wait for a second after a wait without result, when Telegram is behind", () => {
    started(10)
    add(12)
    vi.advanceTimersByTime(251)
    add(14)
    vi.advanceTimersByTime(11)
    expect(passed).toEqual([12, 14])
    vi.advanceTimersByTime(1000)
    add(16)
    vi.advanceTimersByTime(249)
    expect(passed).toEqual([12, 14])
    vi.advanceTimersByTime(2)
    expect(passed).toEqual([12, 14, 16])
  })

  test("wait at the start, when the first one may not have the lowest id", () => {
    add(12, 10, 11)
    expect(passed).toEqual([])
    vi.advanceTimersByTime(251)
    expect(passed).toEqual([10, 11, 12])
  })

  test("continue from before a start, without a wait", () => {
    order = new IdOrder(250, 10)
    add(11, 13)
    expect(passed).toEqual([11])
    vi.advanceTimersByTime(200)
    add(12)
    expect(passed).toEqual([11, 12, 13])
  })

  test("wait after a start for missing ids above the lowest one, as at any other time", () => {
    add(12, 10)
    vi.advanceTimersByTime(60)
    expect(passed).toEqual([10])
    add(13)
    vi.advanceTimersByTime(100)
    add(11)
    expect(passed).toEqual([10, 11, 12, 13])
    expect(vi.getTimerCount()).toBe(0)
  })

  test("pass if they are repeated, before their turn and after it", () => {
    started(10)
    add(12, 12, 11, 11)
    expect(passed).toEqual([11, 12, 12, 11])
  })

  test("follow Telegram's ids when these jump up or down", () => {
    started(500_000_000)
    add(500_000_002, 7_000_002, 7_000_001)
    expect(passed).toEqual([500_000_002])
    vi.advanceTimersByTime(251)
    expect(passed).toEqual([500_000_002, 7_000_001, 7_000_002])
    add(900_000_000)
    vi.advanceTimersByTime(251)
    add(7_000_003)
    vi.advanceTimersByTime(251)
    expect(passed.slice(3)).toEqual([900_000_000, 7_000_003])
  })

  test("include those that arrived during a stall before the wait is given up", async () => {
    vi.useRealTimers()
    order = new IdOrder(20)
    add(10)
    await expect.poll(() => passed).toEqual([10])
    add(12)
    const end = performance.now() + 60
    while (performance.now() < end);
    // Node reads sockets after it has called the timers that are due.
    setImmediate(() => add(11))
    await expect.poll(() => passed).toEqual([10, 11, 12])
  })

  test("all pass on request, and leave no timer", () => {
    started(10)
    add(14, 12)
    order.flush()
    expect(passed).toEqual([12, 14])
    expect(vi.getTimerCount()).toBe(0)
  })

  test("are stored if they wait for more than 10 ms, and are unparked in order", () => {
    started(10)
    const park = (id: number) => () => {
      passed.push(-id)
      return () => void passed.push(id)
    }
    const addKept = (id: number) => order.add(id, () => passed.push(id), park(id))
    addKept(12)
    vi.advanceTimersByTime(9)
    expect(passed).toEqual([])
    vi.advanceTimersByTime(3)
    expect(passed).toEqual([-12])
    addKept(13)
    add(11)
    expect(passed).toEqual([-12, 11, 12, 13])
    addKept(15)
    vi.advanceTimersByTime(249)
    expect(passed.slice(4)).toEqual([-15])
    vi.advanceTimersByTime(3)
    expect(passed.slice(4)).toEqual([-15, 15])
    expect(vi.getTimerCount()).toBe(0)
  })

  test("are not hurried if the wait delays no answer", () => {
    started(10)
    const addKept = (id: number) =>
      order.add(
        id,
        () => passed.push(id),
        () => () => void passed.push(id),
      )
    addKept(12)
    vi.advanceTimersByTime(252)
    addKept(14)
    vi.advanceTimersByTime(200)
    expect(passed).toEqual([12])
    add(13)
    expect(passed).toEqual([12, 13, 14])
  })

  test("always pass with a limit of 0", () => {
    order = new IdOrder(0)
    add(3, 1, 2)
    expect(passed).toEqual([3, 1, 2])
    expect(vi.getTimerCount()).toBe(0)
  })

  test("are neither lost nor repeated, and sorted if they arrive within the limit", () => {
    const anyOrder = fc.integer({ min: 1, max: 30 }).chain((count) =>
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, index) => index + 1),
        { minLength: count },
      ),
    )
    fc.assert(
      fc.property(anyOrder, (ids) => {
        passed = []
        order = new IdOrder(250)
        add(...ids)
        vi.advanceTimersByTime(251)
        expect(passed).toEqual(ids.toSorted((one, other) => one - other))
        expect(vi.getTimerCount()).toBe(0)
      }),
    )
  })

  test("are not lost, whenever they arrive", () => {
    const coming = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(300)))
    fc.assert(
      fc.property(coming, (updates) => {
        passed = []
        order = new IdOrder(250)
        for (const [id, ms] of updates) {
          add(id)
          vi.advanceTimersByTime(ms)
        }
        vi.advanceTimersByTime(251)
        const all = updates.map(([id]) => id)
        const sorted = (ids: number[]) => ids.toSorted((one, other) => one - other)
        expect(sorted(passed)).toEqual(sorted(all))
        expect(vi.getTimerCount()).toBe(0)
      }),
    )
  })
})
