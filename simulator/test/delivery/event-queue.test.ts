import fc from "fast-check"
import { expect, test } from "vitest"
import { EventQueue } from "../../src/delivery/event-queue.js"
import { Random } from "../../src/ground/random.js"

const queueOf = (seed = 1) => new EventQueue(new Random(seed))

test("first ids are spread over 2,000,001 to 1,000,000,000", () => {
  const ids = Array.from({ length: 200 }, (_, seed) => queueOf(seed).tail)
  expect(Math.min(...ids)).toBeGreaterThan(2_000_000)
  expect(Math.min(...ids)).toBeLessThan(100_000_000)
  expect(Math.max(...ids)).toBeLessThanOrEqual(1_000_000_000)
  expect(Math.max(...ids)).toBeGreaterThan(900_000_000)
  expect(new Set(ids).size).toBe(200)
})

test("an update of 524,288 bytes is stored; a longer one is lost and takes no id", () => {
  const queue = queueOf()
  const { tail } = queue
  expect(queue.push("x".repeat(524_289), 10, 1)).toBeUndefined()
  expect(queue.tail).toBe(tail)
  expect(queue.push("x".repeat(524_288), 10, 1)?.id).toBe(tail)
})

test("the queue holds at most 128 MiB", () => {
  const queue = queueOf()
  const json = "x".repeat(524_288)
  for (let count = 0; count < 256; count++) expect(queue.push(json, 10, 1)).toBeDefined()
  expect(queue.push("x", 10, 1)).toBeUndefined()
  queue.delete(queue.head)
  expect(queue.push(json, 10, 1)).toBeDefined()
})

test("the head of an empty queue is the last assigned id", () => {
  const queue = queueOf()
  const id = queue.push("x", 10, 1)?.id ?? 0
  expect(queue.head).toBe(id)
  queue.delete(id)
  expect(queue.head).toBe(id)
  expect(queue.tail).toBe(id + 1)
})

test("reading past expired updates removes them", () => {
  const queue = queueOf()
  queue.push("old", 99, 1)
  const kept = queue.push("kept", 100, 1)
  expect(queue.size).toBe(2)
  expect(queue.read(0, 10, 100)).toEqual([kept])
  expect(queue.size).toBe(1)
  queue.collect(101)
  expect(queue.size).toBe(0)
})

test("a removed update was acknowledged, or lost by expiry, dropping or a restart", () => {
  const queue = queueOf()
  const push = (expiresAt = 10) => queue.push("x", expiresAt, 1)?.id ?? 0
  const expired = push(5)
  const [confirmed, dropped, last, restarted] = [push(), push(), push(), push()]
  queue.read(0, 1, 6)
  queue.deleteBefore(dropped)
  queue.keepLast(2)
  queue.delete(last)
  expect(queue.stateOf(restarted)).toBe("pending")
  queue.restart()
  const ids = [expired, confirmed, dropped, last, restarted]
  const lost = "lost"
  const kept = "acknowledged"
  expect(ids.map((id) => queue.stateOf(id))).toEqual([lost, kept, lost, kept, lost])
  expect(queue.lost).toEqual([expired, dropped, restarted])
})

type Step =
  | { readonly kind: "push"; readonly count: number }
  | { readonly kind: "delete"; readonly at: number }
  | { readonly kind: "before"; readonly at: number }
  | { readonly kind: "last"; readonly at: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("push" as const), count: fc.integer({ min: 1, max: 800 }) }),
  fc.record({ kind: fc.constant("delete" as const), at: fc.nat(3000) }),
  fc.record({ kind: fc.constant("before" as const), at: fc.nat(3000) }),
  fc.record({ kind: fc.constant("last" as const), at: fc.nat(3000) }),
)

test("after any sequence of operations the queue holds the same updates as a plain list", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const queue = queueOf()
      const first = queue.tail
      let model: number[] = []
      for (const each of steps) model = apply(queue, model, { step: each, first })
      expect(queue.size).toBe(model.length)
      expect(queue.read(0, Number.POSITIVE_INFINITY, 0).map(({ id }) => id)).toEqual(model)
    }),
    { numRuns: 200 },
  )
})

function apply(queue: EventQueue, model: number[], { step, first }: { step: Step; first: number }) {
  if (step.kind === "push") {
    const ids = Array.from({ length: step.count }, () => queue.push("x", 10, 1)?.id ?? 0)
    return [...model, ...ids]
  }
  const id = first + step.at
  if (step.kind === "delete") queue.delete(id)
  else if (step.kind === "before") queue.deleteBefore(id)
  else queue.keepLast(step.at)
  if (step.kind === "last") return step.at === 0 ? [] : model.slice(-step.at)
  return model.filter((each) => (step.kind === "delete" ? each !== id : each >= id))
}
