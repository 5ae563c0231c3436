import { MemoryQueue, type UpdateQueue } from "../queue/index.js"

/** The number of bots whose slow handlers together occupy all places of `concurrency`. */
const slowBots = 4

/**
 * Returns the default queue of a fleet. Its `perBot` is a quarter of `concurrency`, so that the slow handlers of one
 * bot leave places to the others. There is no limit for an invalid `concurrency`, which the dispatcher refuses.
 */
export function defaultQueue(concurrency = 256): UpdateQueue {
  return new MemoryQueue(concurrency >= 1 ? { perBot: Math.ceil(concurrency / slowBots) } : {})
}
