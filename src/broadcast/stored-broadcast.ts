import { expiryOf } from "../ground/expiry-of.js"
import type { StateEntry, StateKey, StateSet, StateStore } from "../queue/state-store.js"
import type { UnsureRule } from "../telegram/promised-call.js"
import type { OpenPlace } from "./broadcast-place.js"

/** The id of a chat, or the name of a channel. */
export type ChatId = number | string

/** The stored part of a broadcast that only its start, a pause, a resumption or its cancellation changes. */
export interface StoredHead {
  readonly status: "running" | "paused" | "cancelled"
  /** The number of the last start or resumption. A slice of another number does nothing. */
  readonly tick: number
  readonly reason?: string
  readonly data?: unknown
  readonly unsure: UnsureRule
  /** Whether the report has the ids of messages. Absent: false. */
  readonly hasMessageIds?: boolean
  /** The time of the start, in milliseconds since 1970. */
  readonly startedAt: number
  /** The number of recipients. */
  readonly total: number
  /** The name under which the recipients are stored. */
  readonly list: string
  /** The number of pages of each section of the list. */
  readonly pages: readonly number[]
}

/** The numbers of a broadcast. */
export interface Counts {
  sent: number
  blocked: number
  gone: number
  failed: number
  omitted: number
  skipped: number
  duplicates: number
  unsure: number
  migrated: number
}

/**
 * A recipient for a later call: its id, the earliest time of the call, and the number of calls with an unknown
 * outcome.
 */
export type LaterRecipient = readonly [chatId: ChatId, dueAt: number, unsure: number]

/** The progress of a broadcast, as it is stored before and after each call. */
export interface StoredProgress {
  /** The number of the slice. A slice of another number does nothing. */
  readonly slice: number
  /** The name of the worker that has begun the slice. */
  readonly owner: string
  /** The section of the list. */
  readonly section: number
  /** The index within the section. The recipients before it have an outcome, or are in `open` or `later`. */
  readonly next: number
  /** The recipients whose call has begun, with the numbers of their earlier calls with an unknown outcome. */
  readonly open: readonly (readonly [chatId: ChatId, unsure: number])[]
  readonly later: readonly LaterRecipient[]
  readonly counts: Readonly<Counts>
  /** The number of entries in the report. */
  readonly entries: number
  /** The number of slices in a row that had to wait for Telegram. */
  readonly setbacks: number
  /** The time until which the broadcast waits, in milliseconds since 1970. */
  readonly until?: number | undefined
  readonly reason?: string | undefined
  readonly hasEnded?: boolean
}

/** The data of the own update that runs the next slice of a broadcast. */
export interface SliceData {
  readonly id: string
  readonly tick: number
  readonly slice: number
}

/** The namespace of broadcasts in the state. */
const space = "broadcast"
/** The lane of a bot's broadcasts. In one lane, the slices of all broadcasts run one after the other. */
export const lane = "broadcasts"

/** The stored values of one broadcast. */
export class BroadcastStore {
  readonly state: StateStore
  readonly botId: number
  readonly #name: string
  readonly #keepMs: number

  constructor({ store, botId }: OpenPlace, { name, id, keepMs }: BroadcastKey) {
    this.state = store
    this.botId = botId
    this.#name = JSON.stringify([name, id])
    this.#keepMs = keepMs
  }

  get headKey(): StateKey {
    return this.#key("head")
  }

  get progressKey(): StateKey {
    return this.#key("progress")
  }

  /** Returns the key of a page of the report. */
  reportKey(page: number): StateKey {
    return this.#key(`report ${page}`)
  }

  /** Returns the key of a page of recipients. */
  pageKey(list: string, section: number, page: number): StateKey {
    return this.#key(`to ${list} ${section} ${page}`)
  }

  /** Returns the write that stores a value. */
  set(key: StateKey, value: unknown, ifVersion?: number): StateSet {
    const json = JSON.stringify(value)
    return { kind: "set", key, json, ifVersion, expiresAt: expiryOf(this.#keepMs, Date.now()) }
  }

  /** Resolves with the broadcast and its progress; `undefined` if there is none. */
  async read(): Promise<StoredBroadcast | undefined> {
    const [head, progress] = await this.state.read([this.headKey, this.progressKey])
    if (!head || !progress) return undefined
    return {
      head: parsed(head) as StoredHead,
      headVersion: head.version,
      progress: parsed(progress) as StoredProgress,
      progressVersion: progress.version,
    }
  }

  /** Resolves with the values of keys; `undefined` for a key without a value. */
  async readAll<T>(keys: readonly StateKey[]): Promise<(T | undefined)[]> {
    if (keys.length === 0) return []
    const entries = await this.state.read(keys)
    return entries.map((entry) => entry && (parsed(entry) as T))
  }

  #key(rest: string): StateKey {
    return { botId: this.botId, space, key: `${this.#name} ${rest}` }
  }
}

/** The identity of a broadcast within its bot. */
export interface BroadcastKey {
  readonly name: string
  readonly id: string
  readonly keepMs: number
}

/** A broadcast with the versions of its values. */
export interface StoredBroadcast {
  readonly head: StoredHead
  readonly headVersion: number
  readonly progress: StoredProgress
  readonly progressVersion: number
}

/** Parses a value that a `BroadcastStore` has stored. */
function parsed({ json }: StateEntry): unknown {
  return JSON.parse(json)
}
