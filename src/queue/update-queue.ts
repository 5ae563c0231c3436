/**
 * The contract between receiving and handling updates.
 *
 * A receiver calls {@link UpdateQueue.put} and acknowledges the update to Telegram when the returned
 * promise resolves, never earlier, and never if the promise rejects. A worker calls {@link
 * UpdateQueue.take} and ends each delivery. Receivers and workers share nothing but this interface.
 *
 * @module
 */
import type { Update } from "@grammyjs/types"
import type { Removable } from "../ground/removable.js"
import { SounderError } from "../telegram/errors.js"
import type { ResponseSlot } from "./response-slot.js"
import type { StateStore, StateWrite } from "./state-store.js"

/** An update together with its bot. */
export interface BotUpdate {
  /** The id of the bot: the number before the colon of its token. */
  readonly botId: number
  /** The update, as Telegram sent it. */
  readonly update: Update
}

/** An update to put into a queue. */
export interface IncomingUpdate extends BotUpdate {
  /**
   * The JSON text from which the update was parsed, so that a queue that stores text need not serialize
   * the update again. Absent if there is no such text, or if the update has been changed since.
   */
  readonly json?: string | undefined
  /**
   * The response to the webhook request that brought the update. A queue may pass it on with the
   * delivery, within this process only. A queue that stores updates leaves it out, because the response
   * is sent as soon as the update is stored.
   */
  readonly response?: ResponseSlot | undefined
}

/**
 * The part of a queue that stores early updates. An early update has arrived before an update with a
 * lower id. Telegram may forget a stored update at once, but the update enters its lane only when its
 * turn comes.
 */
export interface EarlyUpdates {
  /** Stores an early update outside of its lane. */
  park(incoming: IncomingUpdate): ParkedUpdate
}

/** An early update that is stored outside of its lane. */
export interface ParkedUpdate {
  /** A promise as `put` returns it: resolves when Telegram may forget the update. */
  readonly put: Promise<void>
  /**
   * Moves the update into its lane: behind the updates that were put before this call, and before the
   * updates that are put after this call. May be called before `put` has settled. Further calls do
   * nothing.
   */
  unpark(): void
}

/** The bot and the id that identify an update. An `update_id` is unique only within its bot. */
export interface UpdateReference {
  /** The id of the bot. */
  readonly botId: number
  /** Telegram's `update_id`. */
  readonly updateId: number
}

/** A transaction in the queue's store, in which a handler can write its own data. */
export interface QueueTransaction {
  /**
   * Sends one statement and resolves with the rows that it returns. A statement must not begin, commit
   * or roll back a transaction, because the queue does so.
   *
   * @param text the statement, with `$1`, `$2`, … for its values
   * @param values the values
   */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

/**
 * The transaction of a delivery. `done` commits the handler's writes together with the end of the
 * update; every other end rolls them back.
 */
export interface DeliveryTransaction {
  /** Begins the transaction at the first call. Later calls return the same transaction. */
  begin(): Promise<QueueTransaction>
  /** Rolls back the handler's writes. A later `begin` never continues the rolled-back transaction. */
  rollBack(): Promise<void>
}

/** The options of {@link Delivery.retry}. */
export interface DeliveryRetryOptions {
  /** The shortest time until the next delivery, in milliseconds. Default: 0. */
  readonly delayMs?: number
  /** False if this delivery does not count as an attempt. Default: true. */
  readonly isCounted?: boolean
}

/**
 * An update in one worker's hands. Exactly one call of `done`, `retry`, `setAside` or `handBack` ends
 * the delivery. Until then no other update of its lane is delivered.
 */
export interface Delivery extends BotUpdate {
  /** The response to the webhook request that brought the update, if it has not been sent. */
  readonly response?: ResponseSlot | undefined
  /** The lane of the update. The lane is closed until this delivery ends. */
  readonly lane: string
  /**
   * The number of this attempt, from 1. Each delivery of the update counts one attempt, even a delivery
   * whose process has died. An attempt that ends with `handBack` does not count.
   */
  readonly attempt: number
  /** The time when the update was put, in milliseconds since 1970. A restart does not change it. */
  readonly receivedAt: number
  /**
   * A signal that aborts when this worker's lease ends: another worker may then have the update.
   * Absent if the queue has no leases.
   */
  readonly signal?: AbortSignal
  /**
   * A transaction in which the handler can write its own data. Absent if the queue has no
   * transactions.
   */
  readonly transaction?: DeliveryTransaction
  /**
   * Ends the delivery of an update that has been handled. The update is never delivered again. The
   * writes are committed together with this end, or not at all. Returns `undefined` if the delivery has
   * ended before the return, as in a queue in memory: a promise for each update costs measurable time.
   *
   * Rejects with a `StateConflict` if a value does not have the version that its write expects, and with
   * a `TypeError` for a wrong write. Nothing was written then, and the delivery has not ended. After a
   * conflict the transaction of {@link transaction} is rolled back, and the next `begin` begins another.
   *
   * @param writes the handler's writes to the queue's state. Default: none.
   */
  done(writes?: readonly StateWrite[]): Promise<void> | undefined
  /**
   * Ends the delivery of an update that should be handled again. The update keeps its place in its lane and
   * is delivered after `delayMs` at the earliest.
   */
  retry(options?: DeliveryRetryOptions): Promise<void>
  /**
   * Ends the delivery of an update that should not be tried again. The update leaves its lane as a dead
   * letter. A queue that keeps dead letters keeps the update together with the error.
   */
  setAside(error: unknown): Promise<void>
  /**
   * Ends the delivery of an update that was not handled, because this worker stops. Resolves with true
   * if the update will be delivered again, by Telegram or from the queue's store. Resolves with false
   * if only this process had the update, so that the update is lost.
   */
  handBack(): Promise<boolean>
}

/** An update that has entered a lane while another update of the lane was in this process's hands. */
export interface Arrival extends BotUpdate {
  /** The lane. */
  readonly lane: string
  /** The id of the update that was in this process's hands. */
  readonly runningId: number
}

/** A watch over the updates that enter a lane while another update of that lane is handled. */
export interface ArrivalWatch {
  /** The types of the updates to report, as `updateType` returns them. The queue may report others, too. */
  readonly types: ReadonlySet<string>
  /** Called with each such update. An update may be reported more than once. Must not throw. */
  onArrival(arrival: Arrival): void
}

/** The part of a queue that counts the updates of single bots, and deletes the data of single bots. */
export interface BotRecords {
  /**
   * Resolves with the depth of the queue for each bot, in the order of the ids: the number of its updates that wait or
   * are in workers' hands, own updates included. Counting stops at 10,000.
   */
  depths(botIds: readonly number[]): Promise<number[]>
  /** Deletes the timers, the dead letters and the values of the state of a bot. Its updates stay. */
  delete(botId: number): Promise<void>
}

/** The number of updates of one bot at which {@link BotRecords.depths} stops counting. */
export const maxDepth = 10_000

/** The result of {@link UpdateQueue.handBack}. */
export interface HandBack {
  /** The waiting updates that Telegram will send again. */
  readonly handedBack: readonly UpdateReference[]
  /**
   * The waiting updates that Telegram has forgotten and that only this process has. They stay in the
   * queue and should still be taken.
   */
  readonly remaining: readonly UpdateReference[]
}

/** A queue of updates between the receiver and the workers. */
export interface UpdateQueue extends AsyncDisposable {
  /**
   * True if all updates of a bot are put through this object, and `put` resolves as soon as the update
   * is stored. A webhook then waits for a missing id before it puts the updates with higher ids.
   * Default: false.
   */
  readonly isSingleWriter?: boolean
  /**
   * The maximum number of calls of {@link take} that a dispatcher keeps pending. A queue in a database
   * answers all pending calls with one transaction; any other queue needs only one pending call. Default: 32.
   */
  readonly maxPendingTakes?: number
  /** Storage for early updates. Absent if the queue cannot store an update outside of its lane. */
  readonly early?: EarlyUpdates
  /** The state of the queue. Absent for a queue without state. */
  readonly state?: StateStore
  /** Counts and deletions for single bots. Absent if the queue does not support them. */
  readonly records?: BotRecords
  /**
   * Adds an update at the end of its lane. **Resolves when Telegram may forget the update.** If the
   * queue already knows the update, by its bot and `update_id`, the promise settles as the promise of the
   * first put does, and the update is handled once.
   *
   * Puts of one turn of the event loop keep their order. If one of them is refused, the later ones of
   * the same lane and turn are refused, too, so that no update overtakes another of its lane.
   *
   * Rejects with {@link QueueFull} if there is no room: Telegram should send the update again later.
   * Rejects with {@link HandedBack} if the update was handed back before it was handled.
   */
  put(incoming: IncomingUpdate): Promise<void>
  /**
   * Resolves the puts of a bot's oldest updates before they are handled, if workers wait for updates. A
   * poller calls this method because Telegram shows only the oldest 100 updates that are not
   * acknowledged: acknowledged updates make room for newer ones.
   *
   * Returns how many of the updates Telegram may now forget, counted from the front of the list. The
   * method is absent if a put of this queue never waits for a handler.
   *
   * @param updateIds the ids, in the order of their puts
   */
  acknowledge?(botId: number, updateIds: readonly number[]): number
  /**
   * Resolves with the highest `update_id` of a bot that the queue stores or remembers, or with
   * `undefined` if there is none. After a restart a webhook derives the next expected id from this
   * value. Absent if the queue remembers no ids across restarts.
   */
  highestId?(botId: number): Promise<number | undefined>
  /**
   * Checks whether a put would succeed now. Resolves if a put would succeed, and rejects with the error of the
   * put if not. Readiness checks call this method, at most once per second. The method is
   * absent if the queue cannot check this.
   */
  probe?(): Promise<void>
  /**
   * Resolves with the next update whose lane is open, and waits until there is one. Returns the update
   * synchronously if it is in memory. The bots take turns, so that no bot delays another; within a
   * bot the lane whose first update was put earliest comes first. An abort of `signal` rejects with the
   * signal's reason and takes nothing.
   */
  take(signal: AbortSignal): Promise<Delivery> | Delivery
  /**
   * Adds a watch over the updates that enter a lane while another update of that lane is in this process's
   * hands, whichever process has put them. A dispatcher uses the watch to interrupt handlers. Absent if the
   * queue cannot watch its lanes.
   */
  watchArrivals?(watch: ArrivalWatch): Removable
  /**
   * Hands back the waiting updates, for a process that stops. The put of an update that Telegram will
   * send again rejects with {@link HandedBack}. A queue with a store of its own hands nothing back:
   * another worker, or the next start, takes the updates from the store. The queue stays usable.
   */
  handBack(): Promise<HandBack>
}

/** The error of a put for which the queue has no room. */
export class QueueFull extends SounderError {
  override readonly name = "QueueFull"

  /**
   * @param count the number of updates, or of other units, that fill the queue
   * @param unit the words after the number. Default: updates.
   */
  constructor(count: number, unit = "updates") {
    super("queue-full", `The queue stores ${count} ${unit} and accepts no more for now`)
  }
}

/**
 * The error of a put whose update was handed back, because the process stops: Telegram sends the update
 * again.
 */
export class HandedBack extends SounderError {
  override readonly name = "HandedBack"

  constructor(reference: UpdateReference) {
    super("handed-back", `Update ${reference.updateId} was handed back unhandled`)
  }
}
