/**
 * The one contract between receiving and dispatching.
 *
 * Whoever receives updates calls {@link UpdateQueue.put} and lets Telegram forget an update when
 * that promise resolves, neither before nor otherwise. Whoever handles updates calls
 * {@link UpdateQueue.take}. The two never meet anywhere else.
 *
 * @module
 */
import type { Update } from "@grammyjs/types"
import { SounderError } from "../telegram/errors.js"
import type { ResponseSlot } from "./response-slot.js"

/** An update of a bot. */
export interface BotUpdate {
  /** The bot that Telegram sent it to: the number in front of the colon of its token. */
  readonly botId: number
  /** The update as Telegram sent it. */
  readonly update: Update
}

/** An update on its way in. */
export interface IncomingUpdate extends BotUpdate {
  /**
   * The JSON text that the update was read from, where it is at hand: for a queue that stores a text,
   * and need not make one then. Absent where the update is not as it came.
   */
  readonly json?: string | undefined
  /**
   * The answer to the request that brought it, for a call to ride in. Lives with the request: a queue
   * that hands it on with the delivery does so within this process only, and one that keeps updates
   * in a store of its own leaves it out, because the answer is sent before the update is handled.
   */
  readonly response?: ResponseSlot | undefined
}

/** Updates that have come before one with a lower id: stored at once, and handled in their turn. */
export interface EarlyUpdates {
  /** Stores an update whose turn has not come. */
  park(incoming: IncomingUpdate): ParkedUpdate
}

/** An update that is stored before its turn. */
export interface ParkedUpdate {
  /** What a `put` returns: resolves when Telegram may forget the update. */
  readonly put: Promise<void>
  /**
   * Says that its turn has come: it is handled after all of its lane that were put before this call, and
   * before all that are put after it. Only the first call counts; it may come before `put` has settled.
   */
  unpark(): void
}

/** Names one update: an `update_id` means something only together with its bot. */
export interface UpdateReference {
  /** The bot that Telegram sent it to. */
  readonly botId: number
  /** Telegram's `update_id`. */
  readonly updateId: number
}

/** A transaction in the store of a queue, for writes of the handler's own. */
export interface QueueTransaction {
  /**
   * Sends one statement and resolves with its rows. The queue alone begins, commits and rolls back.
   *
   * @param text the statement, with `$1`, `$2`, … for its values
   */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

/** A transaction that becomes one with the end of a delivery: `done` commits it, no other end does. */
export interface DeliveryTransaction {
  /** Begins where it has not begun, and answers the same transaction to all who ask. */
  begin(): Promise<QueueTransaction>
  /** Undoes what was written. What is begun after that is another transaction. */
  rollBack(): Promise<void>
}

/**
 * One update held by one worker. Exactly one of `done`, `retry`, `setAside` and `handBack` ends it;
 * its lane stays closed until then.
 */
export interface Delivery extends BotUpdate {
  /** The answer to the request that brought it, where that has not been sent. */
  readonly response?: ResponseSlot | undefined
  /** The lane that is closed to others while this is held. */
  readonly lane: string
  /** 1 the first time this update is handled, then one more after each `retry`. */
  readonly attempt: number
  /** When the queue was given the update, in milliseconds since 1970; a restart does not change it. */
  readonly receivedAt: number
  /** Aborted when the queue has taken the update away from this worker. Absent where it never does. */
  readonly signal?: AbortSignal
  /** What the handler can write together with the end of this update. Absent where the queue cannot. */
  readonly transaction?: DeliveryTransaction
  /** The update has been handled. It is never delivered again. */
  done(): Promise<void>
  /** The update is to be handled again, in its place in the lane, after `delayMs` (0 by default). */
  retry(options?: { readonly delayMs?: number }): Promise<void>
  /** The update leaves its lane unhandled and, where the queue can, is kept with its error. */
  setAside(error: unknown): Promise<void>
  /**
   * This worker is going away. Answers `true` where the update will be delivered again (by Telegram
   * or from the store), `false` where nobody else has it: what the handler had done is all there is.
   */
  handBack(): Promise<boolean>
}

/** What became of the waiting updates when a worker stopped. */
export interface HandBack {
  /** Waiting updates that Telegram will send again. */
  readonly handedBack: readonly UpdateReference[]
  /** Waiting updates that Telegram has been told to forget and only this process has: take them. */
  readonly remaining: readonly UpdateReference[]
}

/** Where updates wait between being received and being handled. */
export interface UpdateQueue extends AsyncDisposable {
  /**
   * Whether every update of a bot is put through this object, and its put resolves as soon as it is
   * stored. A webhook then waits for an update that another has overtaken on its way. Absent: not so.
   */
  readonly isSingleWriter?: boolean
  /** Takes updates before their turn. Absent where a queue cannot. */
  readonly early?: EarlyUpdates
  /**
   * Gives an update to the queue. **Resolves when Telegram may forget the update.** A repeated
   * (bot, `update_id`) joins the first: its promise resolves with that one's, and the update is
   * handled once.
   *
   * Puts made in one turn of the event loop are taken in their order: if one is refused, at least those
   * of its lane that follow it in that turn are too, so that no update overtakes another of its lane.
   *
   * Rejects with {@link QueueFull} when there is no room (Telegram should send it again in a while)
   * and with {@link HandedBack} when the update was given back before it was handled.
   */
  put(incoming: IncomingUpdate): Promise<void>
  /**
   * For a poller, when more updates wait at Telegram than it shows: 100, counted from the oldest that
   * is not acknowledged. Where workers wait for updates, lets Telegram forget these, the oldest of a
   * bot in the order of their puts, by resolving their puts. Returns how many it let go, from the
   * front. Absent where no put waits for a handler.
   */
  acknowledge?(botId: number, updateIds: readonly number[]): number
  /**
   * The highest `update_id` of a bot that is stored, or was and is remembered; `undefined` where there is
   * none. After a restart a webhook knows by it which update comes next. Absent where a queue cannot know.
   */
  highestId?(botId: number): Promise<number | undefined>
  /**
   * Whether an update would be taken at present: resolves where it would, rejects as its `put` would
   * otherwise. Absent where a queue cannot know. For readiness; asked once a second at most.
   */
  probe?(): Promise<void>
  /**
   * The next update whose lane is free. The bots take turns, so that none delays another; of a bot
   * the oldest lane comes first. Waits until there is one.
   * An abort of `signal` rejects with its reason and takes nothing.
   */
  take(signal: AbortSignal): Promise<Delivery>
  /**
   * For a worker that stops. Gives back what waits and will come again, by rejecting its `put`, and
   * says what is left. A queue with a store of its own gives nothing back: another worker, or the
   * next start, takes it from there. The queue stays usable.
   */
  handBack(): Promise<HandBack>
}

/** The queue has no room for another update. */
export class QueueFull extends SounderError {
  override readonly name = "QueueFull"

  /**
   * @param count how much of it there is
   * @param what of what; updates by default
   */
  constructor(count: number, what = "updates") {
    super("queue-full", `The queue holds ${count} ${what} and takes no more for now`)
  }
}

/** An update was given back unhandled, because the process is stopping: Telegram sends it again. */
export class HandedBack extends SounderError {
  override readonly name = "HandedBack"

  constructor(reference: UpdateReference) {
    super("handed-back", `Update ${reference.updateId} was given back unhandled`)
  }
}
