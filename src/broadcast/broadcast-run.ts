import { untilNoConflict } from "../queue/until-no-conflict.js"
import { reportPageSize } from "./journal.js"
import type { BroadcastEntry, BroadcastProgress, BroadcastStatus } from "./progress.js"
import { slicePut } from "./slice.js"
import {
  type BroadcastStore,
  type StoredBroadcast,
  type StoredHead,
  type StoredProgress,
} from "./stored-broadcast.js"

/**
 * A started broadcast. Any process with the same queue can read its progress, and pause, resume or cancel it.
 */
export class BroadcastRun {
  /** The id of the broadcast. */
  readonly id: string
  readonly #name: string
  readonly #store: BroadcastStore

  /** @internal */
  constructor(store: BroadcastStore, name: string, id: string) {
    this.#store = store
    this.#name = name
    this.id = id
  }

  /** Resolves with the progress; `undefined` if there is no such broadcast. */
  async progress(): Promise<BroadcastProgress | undefined> {
    const stored = await this.#store.read()
    return stored && progressOf(stored)
  }

  /**
   * Pauses the broadcast. Calls that have begun are still made. Resolves with false if the broadcast is not running.
   */
  pause(): Promise<boolean> {
    return this.#changeHead((head) => head.status === "running" && { ...head, status: "paused" })
  }

  /**
   * Continues a paused broadcast, or ends the wait of a waiting one. Resolves with false if the broadcast is
   * cancelled, done or unknown.
   */
  resume(): Promise<boolean> {
    return this.#changeHead(({ reason: _reason, ...head }) => {
      if (head.status === "cancelled") return false
      return { ...head, status: "running", tick: head.tick + 1 }
    })
  }

  /**
   * Ends the broadcast for good. Calls that have begun are still made. Resolves with false if the broadcast is
   * cancelled, done or unknown.
   */
  cancel(): Promise<boolean> {
    return this.#changeHead(
      (head) => head.status !== "cancelled" && { ...head, status: "cancelled" },
    )
  }

  /**
   * Iterates over the recipients that did not get the message, and over migrated groups, in the order of their calls.
   * Each entry has the outcome and its reason. With the option `messageIds`, all recipients that got the message are in
   * the report, too.
   */
  async *report(): AsyncGenerator<BroadcastEntry, void> {
    for (let page = 0; ; page += 1) {
      const [entries] = await this.#store.readAll<BroadcastEntry[]>([this.#store.reportKey(page)])
      yield* entries ?? []
      if ((entries?.length ?? 0) < reportPageSize) return
    }
  }

  /** Changes the stored status. A change with a new tick (a resumption) also puts the next slice. */
  #changeHead(change: (head: StoredHead) => StoredHead | false): Promise<boolean> {
    return untilNoConflict(async () => {
      const stored = await this.#store.read()
      if (!stored || stored.progress.hasEnded === true) return false
      const head = change(stored.head)
      if (head === false) return false
      const write = this.#store.set(this.#store.headKey, head, stored.headVersion)
      const { slice } = stored.progress
      const data = { id: this.id, tick: head.tick, slice }
      const isNext = head.tick !== stored.head.tick
      await this.#store.state.write(
        isNext ? [write, slicePut(this.#store, this.#name, data)] : [write],
      )
      return true
    })
  }
}

function progressOf({ head, progress }: StoredBroadcast): BroadcastProgress {
  const { counts, until } = progress
  const ended =
    counts.sent + counts.blocked + counts.gone + counts.failed + counts.omitted + counts.skipped
  const status = statusOf(head, progress)
  return {
    status,
    total: head.total,
    left: progress.hasEnded === true ? 0 : head.total - counts.duplicates - ended,
    ...counts,
    startedAt: new Date(head.startedAt),
    until: status === "waiting" && until !== undefined ? new Date(until) : undefined,
    reason: head.reason ?? (status === "waiting" ? progress.reason : undefined),
  }
}

function statusOf(head: StoredHead, { hasEnded, until }: StoredProgress): BroadcastStatus {
  if (hasEnded === true) return "done"
  if (head.status !== "running") return head.status
  return until !== undefined && until > Date.now() ? "waiting" : "running"
}
