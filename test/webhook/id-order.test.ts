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

/** An update has come, and those that may be on their way at a start had their time. */
function started(id: number): void {
  add(id)
  vi.advanceTimersByTime(251)
  passed = []
}

describe("the order of ids", () => {
  test("lets pass at once what is next", () => {
    started(10)
    add(11, 12, 13)
    expect(passed).toEqual([11, 12, 13])
  })

  test("keeps what has overtaken another until that is here", () => {
    started(10)
    add(13, 12)
    expect(passed).toEqual([])
    add(11)
    expect(passed).toEqual([11, 12, 13])
  })

  test("waits for what is missing no longer than the limit, and not a second time", () => {
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

  test("hardly waits for a second after a wait in vain, when Telegram is behind", () => {
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

  test("waits at the start, when the first may not be the lowest", () => {
    add(12, 10, 11)
    expect(passed).toEqual([])
    vi.advanceTimersByTime(251)
    expect(passed).toEqual([10, 11, 12])
  })

  test("goes on where it was before a start, without waiting", () => {
    order = new IdOrder(250, 10)
    add(11, 13)
    expect(passed).toEqual([11])
    vi.advanceTimersByTime(200)
    add(12)
    expect(passed).toEqual([11, 12, 13])
  })

  test("waits after a start for what is missing above the lowest, as at any other time", () => {
    add(12, 10)
    vi.advanceTimersByTime(60)
    expect(passed).toEqual([10])
    add(13)
    vi.advanceTimersByTime(100)
    add(11)
    expect(passed).toEqual([10, 11, 12, 13])
    expect(vi.getTimerCount()).toBe(0)
  })

  test("lets a repeated one pass, before its turn is over and after it", () => {
    started(10)
    add(12, 12, 11, 11)
    expect(passed).toEqual([11, 12, 12, 11])
  })

  test("begins anew where Telegram does, up or down", () => {
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

  test("takes in what has arrived during a stall before it gives up on it", async () => {
    vi.useRealTimers()
    order = new IdOrder(20)
    add(10)
    await expect.poll(() => passed).toEqual([10])
    add(12)
    const end = performance.now() + 60
    while (performance.now() < end);
    // What the sockets hold is read after the timers that are due.
    setImmediate(() => add(11))
    await expect.poll(() => passed).toEqual([10, 11, 12])
  })

  test("lets all pass when it is told to, and leaves no timer behind", () => {
    started(10)
    add(14, 12)
    order.flush()
    expect(passed).toEqual([12, 14])
    expect(vi.getTimerCount()).toBe(0)
  })

  test("has stored what waits for more than 10 ms, and says when its turn comes, in order", () => {
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

  test("does not hurry where waiting keeps nobody from an answer", () => {
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

  test("does nothing with a limit of 0", () => {
    order = new IdOrder(0)
    add(3, 1, 2)
    expect(passed).toEqual([3, 1, 2])
    expect(vi.getTimerCount()).toBe(0)
  })

  test("loses and repeats nothing, and sorts what comes within the limit", () => {
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

  test("loses nothing, whenever it comes", () => {
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
