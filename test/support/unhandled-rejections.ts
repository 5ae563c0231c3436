import { afterEach, beforeEach, expect } from "vitest"

// A test may replace the global function.
const { setImmediate: realImmediate } = globalThis

/** Fails each test of a file that leaves a rejection unhandled. */
export function expectNoUnhandledRejections(): void {
  const unhandled: unknown[] = []
  const note = (error: unknown) => void unhandled.push(error)
  beforeEach(() => {
    unhandled.length = 0
    process.on("unhandledRejection", note)
  })
  afterEach(async () => {
    await new Promise((resolve) => realImmediate(resolve))
    process.off("unhandledRejection", note)
    expect(unhandled).toEqual([])
  })
}
