import type { UpdateQueue } from "../queue/index.js"
import {
  arrivalBehaviours,
  arrivalBehavioursOfTwo,
  type PairBehaviour,
} from "./arrival-behaviours.js"
import { capacityBehaviours } from "./capacity-behaviours.js"
import { endingBehaviours } from "./ending-behaviours.js"
import { orderBehaviours } from "./order-behaviours.js"
import { ownUpdateBehaviours } from "./own-update-behaviours.js"
import { perBotBehaviours } from "./per-bot-behaviours.js"
import { type ProbedBehaviours, QueueProbe } from "./queue-probe.js"
import { recordBehaviours } from "./record-behaviours.js"
import { repeatBehaviours } from "./repeat-behaviours.js"
import { stateBehaviours } from "./state-behaviours.js"
import { stoppingBehaviours } from "./stopping-behaviours.js"

/** The limit of deliveries per bot with which limited queues are tested. */
const perBot = 2

/** A property of every queue, with its check. */
export interface QueueBehaviour {
  /** The property, as a sentence. */
  readonly name: string
  /** Opens a queue, and rejects with an `AssertionError` if the queue lacks the property. */
  run(): Promise<void>
}

/** Two queues with one store. */
export type QueuePair = readonly [UpdateQueue, UpdateQueue]

/** The properties of the queue under test. */
export interface QueueBehavioursOptions {
  /** The capacity of a queue that `open` returns. Default: none; capacity is not tested. */
  readonly capacity?: number
  /**
   * Opens an empty queue like `open` that delivers at most `perBot` updates of one bot at a time.
   * Default: none; limits per bot are not tested.
   */
  readonly openLimited?: (perBot: number) => Promise<UpdateQueue> | UpdateQueue
  /**
   * Opens two queues like `open` with one empty store, as two processes have them. Default: none; reports about
   * updates of other processes are not tested.
   */
  readonly openTwo?: () => Promise<QueuePair> | QueuePair
  /**
   * Whether the queue has a store of its own: then a put resolves when its update is stored, and no
   * update is handed back. Default: `false`.
   */
  readonly isDurable?: boolean
  /**
   * True if the queue has state, so that the ends of deliveries commit their writes to `queue.state`.
   * Default: `false`.
   */
  readonly hasState?: boolean
  /**
   * True if the bots may be on different shards of the queue. Then bots need not take turns, their timers need not be due
   * in one order, and no call stores writes of two bots. Default: `false`.
   */
  readonly hasShards?: boolean
  /** True if the ends of deliveries also put own updates and set timers. Default: `false`. */
  readonly hasTimers?: boolean
  /** True if the queue counts and deletes the records of single bots, with state and timers. Default: `false`. */
  readonly hasRecords?: boolean
}

/**
 * Returns the behaviours of every {@link UpdateQueue}, to be run by any test runner.
 *
 * @param open opens an empty queue with lanes by chat and, if the queue has one, an acknowledgement
 *   delay of at least a second; each behaviour opens its own queue, and disposes of it
 * @example
 * ```ts
 * import { MemoryQueue } from "sounder"
 * import { updateQueueBehaviours } from "sounder/testing"
 * import { test } from "node:test"
 *
 * const open = () => new MemoryQueue({ capacity: 10 })
 * for (const { name, run } of updateQueueBehaviours(open, { capacity: 10 })) test(name, run)
 * ```
 */
export function updateQueueBehaviours(
  open: () => Promise<UpdateQueue> | UpdateQueue,
  options: QueueBehavioursOptions = {},
): QueueBehaviour[] {
  const { capacity, isDurable = false, hasState = false, hasTimers = false } = options
  const { hasRecords = false, hasShards = false } = options
  const { openLimited, openTwo } = options
  const behaviours: ProbedBehaviours = {
    ...orderBehaviours,
    ...repeatBehaviours,
    ...endingBehaviours(isDurable),
    ...stoppingBehaviours(isDurable),
    ...arrivalBehaviours,
    ...(hasState && stateBehaviours),
    ...(hasTimers && ownUpdateBehaviours),
    ...(hasRecords && recordBehaviours),
    ...(capacity !== undefined && capacityBehaviours(capacity)),
  }
  const limited = openLimited
    ? run(() => openLimited(perBot), perBotBehaviours(perBot), hasShards)
    : []
  const ofTwo = openTwo ? runPairs(openTwo, arrivalBehavioursOfTwo) : []
  return [...run(open, behaviours, hasShards), ...limited, ...ofTwo]
}

function runPairs(
  openTwo: () => Promise<QueuePair> | QueuePair,
  behaviours: Record<string, PairBehaviour>,
): QueueBehaviour[] {
  return Object.entries(behaviours).map(([name, behaviour]) => ({
    name,
    run: async () => {
      const [one, other] = await openTwo()
      try {
        await behaviour(new QueueProbe(one), new QueueProbe(other))
      } finally {
        await one[Symbol.asyncDispose]()
        await other[Symbol.asyncDispose]()
      }
    },
  }))
}

function run(
  open: () => Promise<UpdateQueue> | UpdateQueue,
  behaviours: ProbedBehaviours,
  hasShards: boolean,
): QueueBehaviour[] {
  return Object.entries(behaviours).map(([name, behaviour]) => ({
    name,
    run: () => runWith(open, (queue) => behaviour(new QueueProbe(queue, hasShards))),
  }))
}

async function runWith(
  open: () => Promise<UpdateQueue> | UpdateQueue,
  behaviour: (queue: UpdateQueue) => Promise<void>,
): Promise<void> {
  const queue = await open()
  try {
    await behaviour(queue)
  } finally {
    await queue[Symbol.asyncDispose]()
  }
}
