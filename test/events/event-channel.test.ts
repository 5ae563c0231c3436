import { channel } from "node:diagnostics_channel"
import { afterEach, describe, expect, test, vi } from "vitest"
import { EventChannel } from "../../src/events/event-channel.js"

interface Rung {
  readonly times: number
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** Loads the class of channels as on a runtime without Node's modules. */
async function withoutNode(): Promise<typeof EventChannel> {
  vi.resetModules()
  vi.stubGlobal("process", undefined)
  const { EventChannel } = await import("../../src/events/event-channel.js")
  const bare = new EventChannel<Rung>("sounder:test:bare")
  vi.unstubAllGlobals()
  const node = channel("sounder:test:bare")
  const heard = vi.fn()
  node.subscribe(heard)
  bare.publish({ times: 1 })
  expect(heard).not.toHaveBeenCalled()
  node.unsubscribe(heard)
  vi.stubGlobal("process", undefined)
  return EventChannel
}

describe.each([
  ["on Node", () => Promise.resolve(EventChannel)],
  ["on a runtime without node:diagnostics_channel", withoutNode],
])("a channel %s", (_where, load) => {
  test("has subscribers as long as a listener is subscribed", async () => {
    const Channel = await load()
    const bell = new Channel<Rung>("sounder:test:bell")
    expect(bell.hasSubscribers).toBe(false)
    const stop = bell.subscribe(() => {})
    expect(bell.hasSubscribers).toBe(true)
    stop()
    expect(bell.hasSubscribers).toBe(false)
  })

  test("passes the same message to each listener, in the order of subscription", async () => {
    const Channel = await load()
    const bell = new Channel<Rung>("sounder:test:bell")
    const heard: unknown[] = []
    const listen = (message: Rung) => heard.push(message)
    const stops = [bell.subscribe(listen), bell.subscribe((message) => heard.push([message]))]
    const message = { times: 3 }
    bell.publish(message)
    expect(heard).toEqual([message, [message]])
    expect(heard[0]).toBe(message)
    for (const stop of stops) stop()
    bell.publish(message)
    expect(heard).toHaveLength(2)
  })

  test("calls a listener that subscribed twice two times", async () => {
    const Channel = await load()
    const bell = new Channel<Rung>("sounder:test:bell")
    const heard = vi.fn()
    const stops = [bell.subscribe(heard), bell.subscribe(heard)]
    stops[0]?.()
    stops[0]?.()
    bell.publish({ times: 1 })
    expect(heard).toHaveBeenCalledTimes(1)
    stops[1]?.()
  })
})

test("a listener that throws does not affect others, and its error is an uncaught exception", async () => {
  const thrown: unknown[] = []
  const note = (error: unknown) => void thrown.push(error)
  const own = process.listeners("uncaughtException")
  process.removeAllListeners("uncaughtException").on("uncaughtException", note)
  try {
    for (const load of [() => Promise.resolve(EventChannel), withoutNode]) {
      const Channel = await load()
      const bell = new Channel<Rung>("sounder:test:bell")
      const heard = vi.fn()
      const trap = () => {
        throw new Error("a mistake")
      }
      const stops = [bell.subscribe(trap), bell.subscribe(heard)]
      vi.unstubAllGlobals()
      bell.publish({ times: 1 })
      for (const stop of stops) stop()
      expect(heard).toHaveBeenCalledTimes(1)
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    process.removeAllListeners("uncaughtException")
    for (const listener of own) process.on("uncaughtException", listener)
  }
  expect(thrown).toEqual([new Error("a mistake"), new Error("a mistake")])
})

test("a channel is the one of node:diagnostics_channel with its name", () => {
  const bell = new EventChannel<Rung>("sounder:test:bell")
  const heard = vi.fn()
  channel("sounder:test:bell").subscribe(heard)
  bell.publish({ times: 2 })
  expect(heard).toHaveBeenCalledWith({ times: 2 }, "sounder:test:bell")
  channel("sounder:test:bell").unsubscribe(heard)
})
