import { describe, test } from "vitest"
import { MemoryQueue } from "../../../src/queue/index.js"
import { updateQueueBehaviours } from "../../../src/testing/index.js"

const capacity = 150
const [hasState, hasTimers, hasRecords] = [true, true, true]

describe("MemoryQueue", () => {
  const open = () => new MemoryQueue({ capacity })
  const openLimited = (perBot: number) => new MemoryQueue({ perBot })
  for (const { name, run } of updateQueueBehaviours(open, {
    capacity,
    hasState,
    hasTimers,
    hasRecords,
    openLimited,
  }))
    test(name, run)
})
