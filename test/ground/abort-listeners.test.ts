import { getEventListeners } from "node:events"
import { expect, test, vi } from "vitest"
import { offAbort, onAbort } from "../../src/ground/abort-listeners.js"

test("every listener is called once when the signal aborts", () => {
  const abort = new AbortController()
  const listeners = [vi.fn(), vi.fn()]
  for (const listener of listeners) onAbort(abort.signal, listener)
  abort.abort()
  abort.abort()
  for (const listener of listeners) expect(listener).toHaveBeenCalledTimes(1)
})

test("a removed listener is not called", () => {
  const abort = new AbortController()
  const listener = vi.fn()
  onAbort(abort.signal, listener)
  offAbort(abort.signal, listener)
  offAbort(abort.signal, listener)
  abort.abort()
  expect(listener).not.toHaveBeenCalled()
})

test("the signal has one listener for all, and none when all are removed", () => {
  const { signal } = new AbortController()
  const listeners = [vi.fn(), vi.fn(), vi.fn()]
  for (const listener of listeners) onAbort(signal, listener)
  expect(getEventListeners(signal, "abort")).toHaveLength(1)
  for (const listener of listeners) offAbort(signal, listener)
  expect(getEventListeners(signal, "abort")).toHaveLength(0)
  onAbort(signal, vi.fn())
  expect(getEventListeners(signal, "abort")).toHaveLength(1)
})
