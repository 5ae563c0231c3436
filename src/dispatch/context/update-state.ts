import { expectOptionsObject } from "../../ground/expect-option.js"
import { jsonText } from "../../ground/json-text.js"
import { expectWrite } from "../../queue/expect-writes.js"
import {
  type StateEntry,
  type StateKey,
  stateKeyText,
  type StateStore,
  type StateWrite,
} from "../../queue/state-store.js"
import type { OwnContent } from "../../telegram/own-update.js"
import type { OutsideWrite } from "./outside-write.js"

/** The options of {@link UpdateState.set}. */
export interface StateSetOptions {
  /** The time from which the value counts as deleted, in milliseconds since 1970. Default: none. */
  readonly expiresAt?: number | undefined
}

/** The content of an own update to put. */
export type NewOwnContent = Omit<OwnContent, "lane"> & Partial<Pick<OwnContent, "lane">>

/** The options of {@link UpdateState.put}. */
export interface OwnPutOptions {
  /** The time of the put, in milliseconds since 1970. Default: at once. */
  readonly dueAt?: number | undefined
  /** The name of the timer, unique within the bot. Default: none. */
  readonly timer?: string | undefined
}

/**
 * The state as one update sees it: the stored values and the writes of its handlers. The writes are
 * committed with the end of the update, or not at all.
 *
 * The first read of a value stores its version. If another update has changed the value before this
 * update ends, the handlers run again with the new value.
 */
export class UpdateState {
  readonly #store: StateStore
  readonly #botId: number
  /** The lane of the update. */
  readonly lane: string
  readonly #expectRunning: () => void
  /** The stored entries that were read, each under {@link placeText}; `undefined` for no value. */
  readonly #read = new Map<string, StateEntry | undefined>()
  readonly #writes = new Map<string, StateWrite>()
  /** The values of `#writes`; `undefined` after a change. */
  #written: readonly StateWrite[] | undefined
  /** The writes to other stores, by key; `undefined` for none. */
  #outsideWrites: Map<string, OutsideWrite> | undefined
  /** The place that was used last, with its text: a session uses one object for all of its calls. */
  #lastPlace: StatePlace | undefined
  #lastText = ""

  /**
   * @param place.lane the lane of the update
   * @param expectRunning throws if the handlers were aborted: their writes are no longer committed
   */
  constructor(
    store: StateStore,
    { botId, lane }: { readonly botId: number; readonly lane: string },
    expectRunning: () => void,
  ) {
    this.#store = store
    this.#botId = botId
    this.lane = lane
    this.#expectRunning = expectRunning
  }

  /** The store of the values, for writes that are made at once. */
  get store(): StateStore {
    return this.#store
  }

  /** The writes to commit. */
  get writes(): readonly StateWrite[] {
    return (this.#written ??= [...this.#writes.values()])
  }

  /** The writes to make in other stores before {@link writes} are committed; `undefined` for none. */
  get outsideWrites(): readonly OutsideWrite[] | undefined {
    return this.#outsideWrites && [...this.#outsideWrites.values()]
  }

  /** Whether several processes may write the values of the queue. */
  get isShared(): boolean {
    return this.#store.isShared === true
  }

  /**
   * Resolves with a value, or `undefined` if there is none. A handler gets the value that it or an
   * earlier handler of the update has written.
   *
   * @param space the namespace
   */
  async get(space: string, key: string): Promise<unknown> {
    const [json] = await this.readTexts([{ space, key }])
    return json === undefined ? undefined : JSON.parse(json)
  }

  /**
   * Writes a value with the end of the update. Throws a `TypeError` for a value that JSON cannot represent
   * and for a wrong argument. Throws the reason of the abort if the handlers were aborted.
   */
  set(space: string, key: string, value: unknown, options: StateSetOptions = {}): void {
    expectOptionsObject(options, "set(space, key, value, { expiresAt })", { expiresAt: true })
    this.setText({ space, key }, jsonText("value", value), options.expiresAt)
  }

  /** Deletes a value with the end of the update. Throws as {@link set} does. */
  delete(space: string, key: string): void {
    const place = { space, key }
    const text = this.#textOf(place)
    this.#add(text, { kind: "delete", key: this.#keyOf(place), ifVersion: this.#versionOf(text) })
  }

  /**
   * Resolves with the JSON texts of several values, in the order of the keys. Values that no handler of
   * the update has read are read with one call of the store.
   */
  async readTexts(places: readonly StatePlace[]): Promise<(string | undefined)[]> {
    const loading = this.#load(places)
    if (loading) await loading
    return places.map((place) => this.knownText(place))
  }

  /**
   * Returns the JSON text and the expiry of a value, or a promise of them if the store answers later;
   * `undefined` for no value. Values that the update's handlers have written count as stored.
   */
  readEntry(place: StatePlace): TextEntry | undefined | Promise<TextEntry | undefined> {
    const loading = this.#knows(place) ? undefined : this.#load([place])
    return loading ? loading.then(() => this.#knownEntry(place)) : this.#knownEntry(place)
  }

  /** Returns the JSON text of a value that a handler of the update has read or written; `undefined` for none. */
  knownText(place: StatePlace): string | undefined {
    const text = this.#textOf(place)
    const write = this.#writes.get(text)
    if (write?.kind === "set") return write.json
    if (write?.kind === "delete") return undefined
    return this.#read.get(text)?.json
  }

  /** Writes a JSON text with the end of the update. Throws the reason of an abort of the handlers. */
  setText(place: StatePlace, json: string, expiresAt?: number): void {
    const text = this.#textOf(place)
    const ifVersion = this.#versionOf(text)
    this.#add(text, { kind: "set", key: this.#keyOf(place), ifVersion, json, expiresAt })
  }

  /**
   * Writes a JSON text at once, even if the update fails. Rejects with a `StateConflict` if another update has
   * changed the value since it was read, and with the reason of an abort of the handlers.
   */
  async writeAtOnce(place: StatePlace, json: string): Promise<void> {
    await this.readTexts([place])
    this.#expectRunning()
    const [key, text] = [this.#keyOf(place), this.#textOf(place)]
    await this.#store.write([{ kind: "set", key, ifVersion: this.#versionOf(text), json }])
    const [entry] = await this.#store.read([key])
    this.#read.set(text, entry)
  }

  /**
   * Puts an own update with the end of this update: at once, or when it is due. A put with the name of a
   * timer that is not due yet replaces that timer. Throws as {@link set} does.
   *
   * @param own the content. Default of `lane`: the lane of this update.
   */
  put(own: NewOwnContent, options: OwnPutOptions = {}): void {
    expectOptionsObject(options, "put(own, { dueAt })", { dueAt: true, timer: true })
    const { dueAt, timer } = options
    // A copy, so that a later change of the data has no effect.
    const copy = JSON.parse(jsonText("own", { lane: this.lane, ...own })) as OwnContent
    // No other put without a name has this text, because writes are never removed.
    const text = timer === undefined ? `put ${this.#writes.size}` : timerText(timer)
    this.#add(text, { kind: "put", botId: this.#botId, own: copy, dueAt, timer })
  }

  /** Cancels a timer that is not due yet with the end of this update. Throws as {@link set} does. */
  cancelTimer(timer: string): void {
    this.#add(timerText(timer), { kind: "cancel", botId: this.#botId, timer })
  }

  /**
   * Adds a write to another store. Returns whether the update had no write of this place before; if it had one,
   * adds nothing. Throws the reason of an abort of the handlers.
   */
  addOutside(write: OutsideWrite): boolean {
    this.#expectRunning()
    const text = stateKeyText(write.key)
    const writes = (this.#outsideWrites ??= new Map<string, OutsideWrite>())
    if (writes.has(text)) return false
    writes.set(text, write)
    return true
  }

  #add(text: string, write: StateWrite): void {
    this.#expectRunning()
    expectWrite(write)
    this.#writes.set(text, write)
    this.#written = undefined
  }

  /**
   * Reads the values that no handler of the update has read, with one call of the store. Returns `undefined` if
   * nothing is pending.
   */
  #load(places: readonly StatePlace[]): Promise<void> | undefined {
    const missing = places.filter((place) => !this.#knows(place))
    if (missing.length === 0) return undefined
    const keys = missing.map((place) => this.#keyOf(place))
    const entries = this.#store.readNow?.(keys)
    if (!entries) return this.#readLater(missing, keys)
    this.#remember(missing, entries)
    return undefined
  }

  async #readLater(places: readonly StatePlace[], keys: readonly StateKey[]): Promise<void> {
    this.#remember(places, await this.#store.read(keys))
  }

  #remember(places: readonly StatePlace[], entries: readonly (StateEntry | undefined)[]): void {
    for (const [index, place] of places.entries()) {
      // Another handler may have read the value meanwhile: the first version counts.
      const text = this.#textOf(place)
      if (!this.#read.has(text)) this.#read.set(text, entries[index])
    }
  }

  #knownEntry(place: StatePlace): TextEntry | undefined {
    const text = this.#textOf(place)
    const write = this.#writes.get(text)
    const entry = write?.kind === "set" ? write : this.#read.get(text)
    if (!entry || write?.kind === "delete") return undefined
    const { json, expiresAt } = entry
    return expiresAt === undefined ? { json } : { json, expiresAt }
  }

  #knows(place: StatePlace): boolean {
    const text = this.#textOf(place)
    return this.#writes.has(text) || this.#read.has(text)
  }

  #keyOf({ space, key }: StatePlace): StateKey {
    return { botId: this.#botId, space, key }
  }

  /** Returns the version that a value had when it was read; `undefined` if it was not read. */
  #versionOf(text: string): number | undefined {
    const entry = this.#read.get(text)
    return entry?.version ?? (this.#read.has(text) ? 0 : undefined)
  }

  #textOf(place: StatePlace): string {
    if (place === this.#lastPlace) return this.#lastText
    this.#lastPlace = place
    return (this.#lastText = placeText(place))
  }
}

/** The JSON text of a value, and its expiry. */
export type TextEntry = Pick<StateEntry, "json" | "expiresAt">

/** The place of a value within the state of a bot. */
export type StatePlace = Pick<StateKey, "space" | "key">

function placeText({ space, key }: StatePlace): string {
  return `value ${space}\0${key}`
}

function timerText(timer: string): string {
  return `timer ${timer}`
}
