import type { IncomingUpdate } from "../update-queue.js"

/** The assumed size of the heap in bytes, for a runtime that does not report its limit. */
const assumedHeapBytes = 128 * 1024 * 1024

/** The share of the heap that updates may take by default. */
const shareOfHeap = 1 / 4

/** Returns the default of `capacityBytes`: a quarter of the largest heap that the process may have. */
export function defaultCapacityBytes(): number {
  return Math.floor(heapLimit() * shareOfHeap)
}

/**
 * Returns the approximate size of an update in bytes: the number of characters of its JSON text, or
 * without such a text the sum of its fields.
 */
export function sizeOf({ json, update }: IncomingUpdate): number {
  return json?.length ?? sizeOfFields(update)
}

function sizeOfFields(update: object): number {
  let size = 0
  const pending = [update]
  // Iterative, because a program may put an object that is nested more deeply than the call stack
  // allows.
  for (let next = pending.pop(); next; next = pending.pop()) {
    // The fields may have any type.
    for (const value of Object.values(next) as unknown[]) {
      // The assumed size of a field without its value.
      size += 16
      if (typeof value === "string") size += value.length
      else if (typeof value === "object" && value !== null) pending.push(value)
    }
  }
  return size
}

/** Returns the heap limit that V8 reports under Node, or {@link assumedHeapBytes} on other runtimes. */
function heapLimit(): number {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> }
  const v8 = process?.getBuiltinModule?.("node:v8")
  return v8?.getHeapStatistics().heap_size_limit ?? assumedHeapBytes
}
