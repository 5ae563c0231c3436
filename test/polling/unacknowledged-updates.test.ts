import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type PutHandle, UnacknowledgedUpdates } from "../../src/polling/unacknowledged-updates.js"

function holding(...ids: number[]) {
  const updates = new UnacknowledgedUpdates()
  const attempts = ids.map((id) => updates.add(id)!)
  return { updates, attempts }
}

describe("the offset", () => {
  test("is omitted until an update was received", () => {
    const { updates } = holding()
    expect(updates.advance()).toBeUndefined()
    expect(updates.hasUnsentOffset).toBe(false)
  })

  test("is one more than the last id when all puts have settled", () => {
    const { updates, attempts } = holding(5, 6, 9)
    for (const attempt of attempts) updates.settle(attempt)
    expect(updates.advance()).toBe(10)
    expect(updates.size).toBe(0)
    expect(updates.hasUnsentOffset).toBe(true)
  })

  test("stops at the oldest update whose put has not settled", () => {
    const { updates, attempts } = holding(5, 6, 7)
    updates.settle(attempts[2]!)
    expect(updates.advance()).toBe(5)
    expect(updates.hasUnsentOffset).toBe(false)
    updates.settle(attempts[0]!)
    expect(updates.advance()).toBe(6)
    expect(updates.hasUnsentOffset).toBe(true)
    updates.settle(attempts[1]!)
    expect(updates.advance()).toBe(8)
  })

  test("follows ids that jump to lower values, and never compares them", () => {
    const { updates, attempts } = holding(1000, 1001, 5, 6)
    expect(updates.advance()).toBe(1000)
    updates.settle(attempts[2]!)
    updates.settle(attempts[0]!)
    updates.settle(attempts[1]!)
    expect(updates.advance()).toBe(6)
    updates.settle(attempts[3]!)
    expect(updates.advance()).toBe(7)
  })

  test("is unconfirmed until Telegram has been told", () => {
    const { updates, attempts } = holding(5)
    updates.settle(attempts[0]!)
    expect(updates.advance()).toBe(6)
    updates.markOffsetSent()
    expect(updates.hasUnsentOffset).toBe(false)
    expect(updates.advance()).toBe(6)
    expect(updates.hasUnsentOffset).toBe(false)
  })
})

describe("a repeated update", () => {
  test("is known while it is unconfirmed, also when its put has settled", () => {
    const { updates, attempts } = holding(5, 6)
    updates.settle(attempts[1]!)
    expect(updates.add(5)).toBeUndefined()
    expect(updates.add(6)).toBeUndefined()
    expect(updates.size).toBe(2)
    expect(updates.pendingPuts).toBe(1)
  })

  test("is known until an offset beyond it is released: an answer may be in transit", () => {
    const { updates, attempts } = holding(5)
    updates.advance()
    updates.settle(attempts[0]!)
    expect(updates.add(5)).toBeUndefined()
    updates.advance()
    expect(updates.add(5)).toBeDefined()
  })
})

describe("a refused update", () => {
  test("is new again together with all later ones, settled or not", () => {
    const { updates, attempts } = holding(5, 6, 7, 8)
    updates.settle(attempts[3]!)
    expect(updates.removeFrom(attempts[1]!)).toBe(true)
    expect(updates.size).toBe(1)
    updates.settle(attempts[0]!)
    expect(updates.advance()).toBe(6)
    expect([6, 7, 8].map((id) => updates.add(id)?.updateId)).toEqual([6, 7, 8])
  })

  test("is requested by its own id, whatever the ids before it", () => {
    const { updates, attempts } = holding(1000)
    updates.settle(attempts[0]!)
    updates.advance()
    const low = updates.add(5)!
    updates.removeFrom(low)
    expect(updates.advance()).toBe(5)
  })

  test("is not affected by the outcome of the earlier attempt", () => {
    const { updates, attempts } = holding(5, 6)
    updates.removeFrom(attempts[0]!)
    const again = updates.add(5)!
    updates.settle(attempts[0]!)
    expect(updates.pendingPuts).toBe(1)
    expect(updates.removeFrom(attempts[0]!)).toBe(false)
    expect(updates.removeFrom(attempts[1]!)).toBe(false)
    expect(updates.pendingPuts).toBe(1)
    updates.settle(again)
    expect(updates.advance()).toBe(6)
  })
})

/** An event; `which` selects its object. */
type Happening =
  | { readonly kind: "arrive"; readonly count: number }
  | { readonly kind: "jump"; readonly id: number }
  | { readonly kind: "call"; readonly isLost: boolean }
  | { readonly kind: "settle" | "refuse"; readonly which: number }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant("arrive" as const), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant("jump" as const), id: fc.integer({ min: 1, max: 2 ** 30 }) }),
  fc.record({ kind: fc.constant("call" as const), isLost: fc.boolean() }),
  fc.record({ kind: fc.constant("settle" as const), which: fc.nat() }),
  fc.record({ kind: fc.constant("settle" as const), which: fc.nat() }),
  fc.record({ kind: fc.constant("refuse" as const), which: fc.nat() }),
)

/** Telegram's queue and polling's bookkeeping side by side, with their invariants. */
class Model {
  readonly #updates = new UnacknowledgedUpdates()
  readonly #limit: number
  #queue: number[] = []
  #nextId = 1000
  #open: PutHandle[] = []
  readonly #used = new Set<number>()
  /** Updates that the bookkeeping has and has not refused: they must not be put again. */
  readonly #live = new Set<number>()
  readonly #settled = new Set<number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get waiting(): number {
    return this.#queue.length
  }

  happen(happening: Happening): void {
    if (happening.kind === "arrive") this.#arrive(happening.count)
    if (happening.kind === "jump") this.#jump(happening.id)
    if (happening.kind === "call") this.call(happening.isLost)
    if (happening.kind === "settle") this.settle(happening.which)
    if (happening.kind === "refuse") this.#refuse(happening.which)
  }

  /**
   * Makes a `getUpdates` call. The answer of a lost one never arrives, although Telegram got the
   * call.
   */
  call(isLost = false): void {
    const offset = this.#updates.advance() ?? 0
    const inForce = offset > this.#nextId + 10 ? 0 : offset
    const forgotten = this.#queue.filter((id) => id < inForce)
    expect(forgotten.filter((id) => !this.#settled.has(id))).toEqual([])
    this.#queue = this.#queue.filter((id) => id >= inForce)
    if (isLost) return
    const batch = this.#queue.slice(0, Math.min(100, this.#updates.size + this.#limit))
    this.#updates.markOffsetSent()
    for (const id of batch) this.#add(id)
  }

  settle(which: number): void {
    const attempt = this.#pick(which)
    if (!attempt) return
    this.#updates.settle(attempt)
    if (this.#live.has(attempt.updateId)) this.#settled.add(attempt.updateId)
  }

  settleAll(): void {
    while (this.#open.length > 0) this.settle(0)
  }

  #add(id: number): void {
    const attempt = this.#updates.add(id)
    if (!attempt) return
    expect(this.#live.has(id)).toBe(false)
    this.#live.add(id)
    this.#open.push(attempt)
  }

  #refuse(which: number): void {
    const attempt = this.#pick(which)
    if (!attempt || !this.#updates.removeFrom(attempt)) return
    // Puts of one turn are refused together with later ones.
    const live = [...this.#live]
    const after = live.slice(live.indexOf(attempt.updateId))
    for (const id of after) {
      this.#live.delete(id)
      this.#settled.delete(id)
    }
    this.#open = this.#open.filter(({ updateId }) => this.#live.has(updateId))
  }

  #arrive(count: number): void {
    for (let added = 0; added < count; added += 1) {
      this.#used.add(this.#nextId)
      this.#queue.push(this.#nextId++)
    }
  }

  /** Lets waiting updates expire and the ids jump, while puts may be outstanding. */
  #jump(id: number): void {
    const isFar = [...this.#used].every((used) => Math.abs(used - id) > 1000)
    if (!isFar) return
    this.#queue = []
    this.#nextId = id
  }

  #pick(which: number): PutHandle | undefined {
    return this.#open.splice(which % Math.max(1, this.#open.length), 1)[0]
  }
}

describe("after any sequence of events", () => {
  const story = fc.array(happening, { maxLength: 60 })
  const limit = fc.constantFrom(1, 3, 100)

  test("no update is confirmed before its put has settled, none is put twice, all are confirmed", () => {
    fc.assert(
      fc.property(story, limit, (happenings, most) => {
        const model = new Model(most)
        for (const one of happenings) model.happen(one)
        for (let round = 0; model.waiting > 0 && round < 600; round += 1) {
          model.settleAll()
          model.call()
        }
        expect(model.waiting).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })
})
