import { test } from "vitest"
import { job } from "../../src/jobs/index.js"

interface Reminder {
  readonly text: string
  readonly tags?: readonly string[]
}

test("the data of a job are values that JSON can represent", () => {
  job("plain")
  job<Reminder>("interface")
  job<Reminder | undefined>("optional")
  job<unknown>("unknown")
  // @ts-expect-error -- a Date would come back as a string
  job<{ at: Date }>("date")
  // @ts-expect-error -- a Map would come back empty
  job<{ counts: Map<string, number> }>("map")
  // @ts-expect-error -- JSON.stringify throws
  job<{ id: bigint }>("bigint")
})
