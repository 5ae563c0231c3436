import { getEventListeners } from "node:events"
import { expect, test } from "vitest"
import { Handling } from "../../../src/dispatch/context/handling.js"
import { namedBot, textUpdate } from "../../support/updates.js"

const bot = namedBot()
const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length

test("the queue's signal has a listener only after the handling's signal is read, until its end", () => {
  const taken = new AbortController()
  const handling = new Handling(bot, textUpdate("x"), undefined, {
    attempt: 1,
    lane: "1",
    receivedAt: 0,
    signal: taken.signal,
  })
  expect(listeners(taken.signal)).toBe(0)
  expect(handling.signal).toBe(handling.signal)
  expect(listeners(taken.signal)).toBe(1)
  handling.close()
  expect(listeners(taken.signal)).toBe(0)
})

test("its signal aborts with the queue's, whether it is read before or after", () => {
  const reason = new Error("lease lost")
  for (const isReadBefore of [true, false]) {
    const taken = new AbortController()
    const handling = new Handling(bot, textUpdate("x"), undefined, {
      attempt: 1,
      lane: "1",
      receivedAt: 0,
      signal: taken.signal,
    })
    if (isReadBefore) expect(handling.signal.aborted).toBe(false)
    taken.abort(reason)
    expect(handling.isAborted).toBe(true)
    expect(handling.signal.reason).toBe(reason)
    expect(() => handling.expectRunning()).toThrow(reason)
  }
})

test("the first abort reason is kept", () => {
  const handling = new Handling(bot, textUpdate("x"))
  const first = new Error("first")
  handling.abort(first)
  handling.abort(new Error("second"))
  expect(handling.signal.reason).toBe(first)
})

test("an error is an echo if it is the abort reason, is caused by it, or is an AbortError", () => {
  const handling = new Handling(bot, textUpdate("x"))
  const reason = new Error("time is over")
  const abortError = new DOMException("aborted", "AbortError")
  expect(handling.isAbortError(abortError)).toBe(false)
  handling.abort(reason)
  expect(handling.isAbortError(reason)).toBe(true)
  expect(handling.isAbortError(new Error("call ended", { cause: reason }))).toBe(true)
  expect(handling.isAbortError(abortError)).toBe(true)
  expect(handling.isAbortError(new Error("time is over"))).toBe(false)
})

test("a thrown value of any kind is judged without another error", () => {
  const handling = new Handling(bot, textUpdate("x"))
  handling.abort(new Error("time is over"))
  const withoutClass = Object.defineProperty(new Error("x"), "constructor", { value: undefined })
  const unreadable = Object.defineProperty(new Error("x"), "constructor", {
    get: () => {
      throw new Error("unreadable")
    },
  })
  const revoked = Proxy.revocable(new Error("x"), {})
  revoked.revoke()
  class APIUserAbortError extends Error {}
  for (const thrown of [
    ...[undefined, null, "AbortError", Object.create(null), Object.create(Error.prototype)],
    ...[
      withoutClass,
      unreadable,
      revoked.proxy,
      new Proxy({}, { get: () => expect.unreachable() }),
    ],
  ]) {
    expect(handling.isAbortError(thrown)).toBe(false)
  }
  expect(handling.isAbortError(new APIUserAbortError())).toBe(true)
})
