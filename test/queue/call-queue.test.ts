import { expect, test } from "vitest"
import { callQueue } from "../../src/queue/call-queue.js"
import { failingMethods } from "../support/misbehaving.js"

test.each(Object.entries(failingMethods))("a method that %s rejects", async (_, method) => {
  const answer = callQueue("put", method as () => Promise<void>)
  expect(answer).toBeInstanceOf(Promise)
  await expect(
    answer.then(
      () => "resolved",
      () => "rejected",
    ),
  ).resolves.toBe("rejected")
})

test("the promise of a method is returned unchanged", async () => {
  const promise = Promise.resolve(7)
  expect(callQueue("take", () => promise)).toBe(promise)
  // oxlint-disable-next-line unicorn/no-thenable -- a promise of another library
  const thenable = { then: (resolve: (value: number) => void) => resolve(8) }
  await expect(callQueue("take", () => thenable as Promise<number>)).resolves.toBe(8)
})
