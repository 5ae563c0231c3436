import type { UpdateQueue } from "../queue/index.js"
import { capacityBehaviours } from "./capacity-behaviours.js"
import { endingBehaviours } from "./ending-behaviours.js"
import { orderBehaviours } from "./order-behaviours.js"
import { perBotBehaviours } from "./per-bot-behaviours.js"
import { type ProbedBehaviours, QueueProbe } from "./queue-probe.js"
import { repeatBehaviours } from "./repeat-behaviours.js"
import { stoppingBehaviours } from "./stopping-behaviours.js"

const perBot = 2

/** One thing that is true of every queue. */
export interface QueueBehaviour {
  /** What is true, as a sentence. */
  readonly name: string
  /** Opens a queue, and rejects with an `AssertionError` where it is not true of it. */
  run(): Promise<void>
}

/** What has to be known of the queue under test. */
export interface QueueBehavioursOptions {
  /** How many updates may wait in a queue that `open` opens. Without it, that is not tested. */
  readonly capacity?: number
  /**
   * Opens an empty queue as `open` does, of which only `perBot` updates of one bot may be held at
   * once. Without it, what bots that share a queue may rely on is not tested.
   */
  readonly openLimited?: (perBot: number) => Promise<UpdateQueue> | UpdateQueue
  /**
   * Whether the queue keeps updates in a store of its own: a put then resolves when its update is
   * stored, and nothing is ever handed back. `false` by default.
   */
  readonly isDurable?: boolean
}

/**
 * What every {@link UpdateQueue} has to do, to be run by any test runner.
 *
 * @param open opens an empty queue with lanes by chat and, where it has one, a hold of at least a
 *   second; each behaviour opens its own, and disposes of it
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
  const { capacity, isDurable = false, openLimited } = options
  const behaviours: ProbedBehaviours = {
    ...orderBehaviours,
    ...repeatBehaviours,
    ...endingBehaviours(isDurable),
    ...stoppingBehaviours(isDurable),
    ...(capacity !== undefined && capacityBehaviours(capacity)),
  }
  const limited = openLimited ? run(() => openLimited(perBot), perBotBehaviours(perBot)) : []
  return [...run(open, behaviours), ...limited]
}

function run(
  open: () => Promise<UpdateQueue> | UpdateQueue,
  behaviours: ProbedBehaviours,
): QueueBehaviour[] {
  return Object.entries(behaviours).map(([name, behaviour]) => ({
    name,
    run: () => runWith(open, behaviour),
  }))
}

async function runWith(
  open: () => Promise<UpdateQueue> | UpdateQueue,
  behaviour: (probe: QueueProbe) => Promise<void>,
): Promise<void> {
  const queue = await open()
  try {
    await behaviour(new QueueProbe(queue))
  } finally {
    await queue[Symbol.asyncDispose]()
  }
}
