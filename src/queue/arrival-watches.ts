import type { Removable } from "../ground/removable.js"
import type { NewUpdate } from "./new-update.js"
import type { Arrival, ArrivalWatch } from "./update-queue.js"

/** The lanes of a queue that have an update in this process's hands. */
interface RunningLanes {
  runningIn(botId: number, lane: string): number | undefined
}

/** The watches over the updates that enter the lanes of running updates. */
export class ArrivalWatches {
  readonly #watches = new Set<ArrivalWatch>()

  /** Whether there is no watch. */
  get isEmpty(): boolean {
    return this.#watches.size === 0
  }

  /** The types of updates that at least one watch reports. */
  get types(): string[] {
    return [...new Set([...this.#watches].flatMap(({ types }) => [...types]))]
  }

  /** Adds a watch. */
  add(watch: ArrivalWatch): Removable {
    this.#watches.add(watch)
    return { remove: () => void this.#watches.delete(watch) }
  }

  /**
   * Reports an update that has entered its lane, if another update of that lane is in this process's hands.
   *
   * @param lanes.runningIn returns the id of the update of a lane that is in this process's hands
   */
  entered({ botId, lane, update }: NewUpdate, lanes: RunningLanes): void {
    if (this.isEmpty) return
    const runningId = lanes.runningIn(botId, lane)
    if (runningId !== undefined) this.report({ botId, lane, update, runningId })
  }

  /** Reports an arrival to all watches. */
  report(arrival: Arrival): void {
    for (const watch of this.#watches) watch.onArrival(arrival)
  }
}
