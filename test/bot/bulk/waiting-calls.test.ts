import { expect, test } from "vitest"
import { BulkQueue } from "../../../src/bot/bulk/bulk-queue.js"
import type { LimitedCall } from "../../../src/bot/bulk/limited-call.js"
import { RetryAfter } from "../../../src/telegram/errors.js"

function callTo(chat: number): LimitedCall {
  return { chat: `${chat}`, isGroup: false, messages: 1, isPaid: false }
}

const wait = { method: "sendMessage", maxWaitMs: 60_000, signal: undefined }

test("thousands of other calls that wait at once cost little time", async () => {
  const queue = new BulkQueue(1)
  // No turn ends, so that the bot's limit stays exhausted.
  await queue.bulkTurn(callTo(1), wait)
  const start = performance.now()
  const ends = new AbortController()
  const turns = Array.from({ length: 3_000 }, (_, index) =>
    Promise.resolve(queue.turn(callTo(2 + index), ends.signal)),
  )
  expect(performance.now() - start).toBeLessThan(20_000)
  ends.abort(new Error("enough"))
  const results = await Promise.allSettled(turns)
  expect(results.every(({ status }) => status === "rejected")).toBe(true)
})

test("thousands of bulk calls that begin during a pause cost little time", async () => {
  const queue = new BulkQueue(30)
  const parameters = { retry_after: 30 }
  const error = new RetryAfter({ method: "a", errorCode: 429, description: "b", parameters })
  const [one, other] = [
    await queue.bulkTurn(callTo(1), wait),
    await queue.bulkTurn(callTo(2), wait),
  ]
  queue.end(one, error)
  const third = queue.bulkTurn(callTo(3), wait)
  queue.end(other, error)
  queue.end(await third, error)
  const ends = new AbortController()
  const start = performance.now()
  const turns = Array.from({ length: 4_000 }, (_, index) =>
    queue.bulkTurn(callTo(4 + index), { ...wait, signal: ends.signal }),
  )
  const impatient = queue.bulkTurn(callTo(5), { ...wait, maxWaitMs: 1_000 })
  await expect(impatient).rejects.toBeInstanceOf(RetryAfter)
  expect(performance.now() - start).toBeLessThan(20_000)
  ends.abort(new Error("enough"))
  await Promise.allSettled(turns)
})

test("calls that wait are sent in their order, those to one chat one after the other", async () => {
  const queue = new BulkQueue(2)
  const first = await queue.bulkTurn(callTo(1), wait)
  const second = await queue.bulkTurn(callTo(2), wait)
  const order: string[] = []
  const send = async (name: string, chat: number) => {
    const turn = await queue.turn(callTo(chat), undefined)
    order.push(name)
    queue.end(turn)
  }
  const sent = [send("a1", 1), send("b1", 3), send("a2", 1), send("c1", 4)]
  queue.end(first)
  queue.end(second)
  await Promise.all(sent)
  expect(order.indexOf("a1")).toBeLessThan(order.indexOf("a2"))
  expect(order.indexOf("b1")).toBeLessThan(order.indexOf("c1"))
})
