import { onTestFinished, vi } from "vitest"
import { createTransport } from "../../src/bot/undici-transport.js"
import type { Transport } from "../../src/bot/transport.js"

const { setImmediate: realImmediate } = globalThis

/** A clock of this process that stands still until a test moves it. Sockets stay real. */
export interface MovedClock {
  /**
   * The transport for the bots of the test. The clock stands still while a request of it is running, and while this
   * process waits for a disk.
   */
  readonly transport: Transport
  /** The milliseconds since the start of the test. */
  readonly passedMs: number
  /** Moves the clock, from timer to timer. */
  advance(ms: number): Promise<void>
  /** Moves the clock until a promise has settled. */
  until<T>(promise: Promise<T>, maxMs?: number): Promise<T>
}

/** Stops the clock of this process until the end of the test. */
export function moveClock(): MovedClock {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] })
  const inner = createTransport({})
  const requests = { running: 0 }
  const count = async <T>(call: () => Promise<T>): Promise<T> => {
    requests.running += 1
    try {
      return await call()
    } finally {
      requests.running -= 1
    }
  }
  onTestFinished(async () => {
    vi.useRealTimers()
    await inner[Symbol.asyncDispose]()
  })
  const settle = async () => {
    do for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => realImmediate(done))
    while (requests.running > 0 || isDiskBusy())
  }
  const start = Date.now()
  const clock: MovedClock = {
    transport: {
      send: (request) => count(() => inner.send(request)),
      open: (request) => count(() => inner.open(request)),
      [Symbol.asyncDispose]: async () => {},
    },
    get passedMs() {
      return Date.now() - start
    },
    async advance(ms) {
      const end = Date.now() + ms
      await settle()
      for (;;) {
        // A timer of the test, so that the clock never goes beyond the end.
        const last = setTimeout(() => {}, end - Date.now())
        vi.advanceTimersToNextTimer()
        clearTimeout(last)
        await settle()
        if (Date.now() >= end) return
      }
    },
    async until(promise, maxMs = 3_600_000) {
      const state = { isSettled: false }
      const note = () => void (state.isSettled = true)
      promise.then(note, note)
      await settle()
      for (const end = Date.now() + maxMs; !state.isSettled; await settle()) {
        if (Date.now() > end) throw new Error(`The promise has not settled within ${maxMs} ms`)
        vi.advanceTimersToNextTimer()
      }
      return promise
    },
  }
  return clock
}

/** Returns whether this process waits for a disk, as a queue in a file does before it promises anything. */
function isDiskBusy(): boolean {
  return process.getActiveResourcesInfo().includes("FSReqCallback")
}
