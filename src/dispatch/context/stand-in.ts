import type { QueueTransaction } from "../../queue/update-queue.js"
import type { Update } from "../../telegram/types.js"
import { Handling } from "./handling.js"
import type { UpdateState } from "./update-state.js"

/** The fields that handlers set on their handling. */
const sharedFields = ["isAnswered", "isStopped", "drafts"] as const

/**
 * A handling that shows its handlers another update in place of the handled one: a gathering is an own
 * update, for example, and its handlers see the first message of the gathering. State, calls, abort and end
 * belong to the handled update.
 */
export class StandIn extends Handling {
  readonly #handled: Handling

  /**
   * @param update the update to show
   * @param receivedAt the time of its receipt, in milliseconds since 1970
   */
  constructor(handled: Handling, update: Update, receivedAt: number) {
    const { attempt, lane } = handled
    super(handled.bot, update, undefined, { attempt, receivedAt, lane })
    this.#handled = handled
    this.onUnawaitedError = handled.onUnawaitedError
    this.background = handled.background
    this.queue = handled.queue
    for (const name of sharedFields) {
      const set = (value: unknown) => void Reflect.set(handled, name, value)
      Object.defineProperty(this, name, { get: () => handled[name], set })
    }
  }

  override get state(): UpdateState {
    return this.#handled.state
  }

  override get signal(): AbortSignal {
    return this.#handled.signal
  }

  override get isAborted(): boolean {
    return this.#handled.isAborted
  }

  override get isRevoked(): boolean {
    return this.#handled.isRevoked
  }

  override get isInterrupted(): boolean {
    return this.#handled.isInterrupted
  }

  override get isCommittable(): boolean {
    return this.#handled.isCommittable
  }

  override isAbortError(error: unknown): boolean {
    return this.#handled.isAbortError(error)
  }

  override watch<T>(call: Promise<T>): Promise<T> {
    return this.#handled.watch(call)
  }

  override inOrder(task: () => Promise<void> | void): Promise<void> {
    return this.#handled.inOrder(task)
  }

  override beforeDone(task: () => unknown): void {
    this.#handled.beforeDone(task)
  }

  override transaction(): Promise<QueueTransaction> {
    return this.#handled.transaction()
  }
}
