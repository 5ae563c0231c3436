import type { IncomingUpdate } from "../update-queue.js"

/** What is assumed where the runtime does not say how large its heap may become, in bytes. */
const unknownHeap = 128 * 1024 * 1024

/** A part of the heap that updates can take, whatever else the process does. */
const shareOfHeap = 1 / 4

/** How many bytes the updates of a queue may take by default: a quarter of what the heap may. */
export function defaultCapacityBytes(): number {
  return Math.floor(heapLimit() * shareOfHeap)
}

/**
 * About how many bytes an update takes: as many as its text has characters, where that is at hand; else
 * what its texts and fields add up to.
 */
export function sizeOf({ json, update }: IncomingUpdate): number {
  return json?.length ?? sizeOfFields(update)
}

function sizeOfFields(update: object): number {
  let size = 0
  const left = [update]
  // Without calls of itself: what a program puts may be nested deeper than a stack is.
  for (let next = left.pop(); next; next = left.pop()) {
    // The fields may be anything.
    for (const value of Object.values(next) as unknown[]) {
      size += 16
      if (typeof value === "string") size += value.length
      else if (typeof value === "object" && value !== null) left.push(value)
    }
  }
  return size
}

/** Node says it; elsewhere there is no `process`, or one without modules. */
function heapLimit(): number {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> }
  const v8 = process?.getBuiltinModule?.("node:v8")
  return v8?.getHeapStatistics().heap_size_limit ?? unknownHeap
}
