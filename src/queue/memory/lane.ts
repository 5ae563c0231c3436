import type { Update } from "@grammyjs/types"
import type { Timer } from "../../ground/timer.js"
import { Held } from "./hold-clock.js"
import type { ResponseSlot } from "../response-slot.js"
import type { BotUpdate, IncomingUpdate, UpdateReference } from "../update-queue.js"

let lastResolve: () => void
let lastReject: (reason: Error) => void

/** Stands here so that no function is made for each update. */
function capture(resolve: () => void, reject: (reason: Error) => void): void {
  lastResolve = resolve
  lastReject = reject
}

/** Where an update stands, and what it takes. */
interface Place {
  readonly sequence: number
  readonly size: number
}

/** An update in a {@link MemoryQueue}, from its put until it is handled or handed back. */
export class QueuedUpdate extends Held implements BotUpdate {
  readonly botId: number
  readonly update: Update
  readonly response: ResponseSlot | undefined
  /** Its lane, and with it the updates it must not overtake. */
  readonly lane: Lane
  /** When it was put, in milliseconds since 1970. */
  readonly receivedAt = Date.now()
  /** Its place in the order of all puts of the queue. */
  readonly sequence: number
  /** What `put` answers, also to those who put it again. */
  readonly put: Promise<void> = new Promise(capture)
  readonly #resolve = lastResolve
  readonly #reject = lastReject
  /** About how many bytes it takes; 0 where that was not looked at. */
  readonly size: number
  /** Whether Telegram has been told to forget it. */
  isLetGo = false
  /** How often it has been taken. */
  attempt = 0
  /** The one that waits behind it in its lane. */
  next: QueuedUpdate | undefined = undefined

  constructor(incoming: IncomingUpdate, lane: Lane, { sequence, size }: Place) {
    super()
    this.botId = incoming.botId
    this.update = incoming.update
    this.response = incoming.response
    this.lane = lane
    this.sequence = sequence
    this.size = size
  }

  /** Its name in reports. */
  get reference(): UpdateReference {
    return { botId: this.botId, updateId: this.update.update_id }
  }

  /** Tells Telegram, by way of its put, to forget it. */
  letGo(): void {
    this.isLetGo = true
    this.#resolve()
  }

  /** Tells Telegram, by way of its put, to send it again. */
  refuse(reason: Error): void {
    // Who puts and does not wait must not be ended by it.
    this.put.catch(() => {})
    this.#reject(reason)
  }

  /** It has waited for the hold: let go if its lane stands still, else when it does. */
  override outlasted(): void {
    if (this.lane.isSlow) this.letGo()
  }
}

/**
 * The updates of one lane that wait, in order, and the one that is held by a worker.
 * Those that were let go are always a prefix: the hold of what was put earlier ends earlier.
 */
export class Lane extends Held {
  readonly botId: number
  /** The lane's name within its bot. */
  readonly name: string
  /** The first that waits. */
  head: QueuedUpdate | undefined = undefined
  #tail: QueuedUpdate | undefined = undefined
  /** How many updates wait. */
  count = 0
  /** About how many bytes its updates take, that of the held one included. */
  bytes = 0
  /** The one that a worker holds. */
  held: QueuedUpdate | undefined = undefined
  /** Runs while the head waits for its next attempt. */
  rest: Timer | undefined = undefined
  /** Whether the one at its head, its retries included, has been running for the hold. */
  isSlow = false
  /** The lane that became ready after this one. */
  nextReady: Lane | undefined = undefined

  constructor(botId: number, name: string) {
    super()
    this.botId = botId
    this.name = name
  }

  /** Whether nothing can be taken now, though something may wait. */
  get isClosed(): boolean {
    return this.held !== undefined || this.rest !== undefined
  }

  /** Adds an update behind all others. */
  append(update: QueuedUpdate): void {
    if (this.#tail) this.#tail.next = update
    else this.head = update
    this.#tail = update
    this.count += 1
    this.bytes += update.size
  }

  /** Removes the first and makes it the held one. There must be one. */
  hold(): QueuedUpdate {
    const first = this.head
    if (!first) throw new RangeError(`Lane ${this.name} is empty`)
    this.head = first.next
    if (!first.next) this.#tail = undefined
    first.next = undefined
    this.held = first
    this.count -= 1
    return first
  }

  /** Puts the held one back to its place, in front of all others. */
  putBack(update: QueuedUpdate): void {
    this.held = undefined
    update.next = this.head
    this.head = update
    this.#tail ??= update
    this.count += 1
  }

  /** Removes those that wait and were not let go, and answers them in order. */
  cut(): QueuedUpdate[] {
    let last: QueuedUpdate | undefined
    let pending = this.head
    for (; pending?.isLetGo; pending = pending.next) last = pending
    if (last) last.next = undefined
    else this.head = undefined
    this.#tail = last
    const cut = chain(pending)
    this.count -= cut.length
    return cut
  }

  /** Those that wait, in order. */
  get waiting(): QueuedUpdate[] {
    return chain(this.head)
  }

  /** The one at the head has been running for the hold: it goes, and all that have waited as long. */
  override outlasted(agedBefore: number): void {
    this.isSlow = true
    this.held?.letGo()
    for (let next = this.head; next && next.since <= agedBefore; next = next.next) next.letGo()
  }
}

function chain(first: QueuedUpdate | undefined): QueuedUpdate[] {
  const all: QueuedUpdate[] = []
  for (let next = first; next; next = next.next) all.push(next)
  return all
}
