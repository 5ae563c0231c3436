import { Context, handlingOf } from "../dispatch/context/context.js"
import type { Router } from "../dispatch/handlers/router.js"
import {
  expectBoolean,
  expectDurationMs,
  expectOptionsObject,
  expectText,
  unexpectedOption,
  type OptionNames,
} from "../ground/expect-option.js"
import { jsonText } from "../ground/json-text.js"
import type { Removable } from "../ground/removable.js"
import { StateConflict } from "../queue/state-store.js"
import { ownContent, slicePrefix } from "../telegram/own-update.js"
import type {
  BroadcastFunction,
  BroadcastOptions,
  StartBroadcastOptions,
} from "./broadcast-options.js"
import { type BroadcastAt, openPlace } from "./broadcast-place.js"
import { BroadcastRun } from "./broadcast-run.js"
import { deleteRecipients, ListReader, storeRecipients } from "./recipient-list.js"
import { Slice, slicePut } from "./slice.js"
import {
  BroadcastStore,
  type Counts,
  type SliceData,
  type StoredHead,
  type StoredProgress,
} from "./stored-broadcast.js"
import { UploadedFiles } from "./uploaded-files.js"

const startOptionNames: OptionNames<StartBroadcastOptions<unknown>> = {
  to: true,
  id: true,
  unsure: true,
  messageIds: true,
  signal: true,
  data: true,
}

/**
 * A broadcast: one call for each of very many chats. The queue stores its progress, so that the broadcast
 * survives the end of the process and continues on any machine. Its calls keep to Telegram's limits, behind all
 * other calls of the bot.
 */
export interface Broadcast<Data> {
  /** The name. */
  readonly name: string
  /**
   * Registers the function that returns the call for each recipient. A recipient for which the function throws counts
   * as failed.
   */
  handle(router: Pick<Router, "event">, message: BroadcastFunction<Data>): Removable
  /**
   * Stores the recipients and starts the broadcast. Resolves when all recipients are stored. The first message
   * is sent after that, and the program may end. Rejects with a `TypeError` for wrong options or recipients,
   * and with the error of the stream of recipients; nothing is sent then.
   */
  start(at: BroadcastAt, options: StartBroadcastOptions<Data>): Promise<BroadcastRun>
  /** Returns a broadcast of this name by its id. */
  run(at: BroadcastAt, id: string): BroadcastRun
}

/** The default time for which a broadcast is stored, in milliseconds. */
const defaultKeepMs = 30 * 24 * 3_600_000
/** The number of broadcasts whose sections and files are kept in memory. */
const maxOpen = 8

/**
 * Defines a broadcast. The definition can be shared by the bot and by other programs that start it.
 *
 * @param name the name, which is stored with each broadcast and must not change
 * @throws TypeError for a wrong option
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { broadcast } from "sounder/broadcast"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * const news = broadcast<{ text: string }>("news")
 *
 * news.handle(dispatcher, ({ data }) => ({ method: "sendMessage", params: { text: data.text } }))
 * dispatcher.command("news", async (ctx) => {
 *   await news.start(ctx, { to: [42, 43], data: { text: ctx.argument } })
 * })
 * ```
 * @see docs/guides/broadcast.md
 */
export function broadcast<Data = undefined>(
  name: string,
  options: BroadcastOptions = {},
): Broadcast<Data> {
  expectText("name", name)
  expectOptionsObject(options, `broadcast(${JSON.stringify(name)}, { keepMs })`, {
    keepMs: true,
  } satisfies OptionNames<BroadcastOptions>)
  const { keepMs = defaultKeepMs } = options
  return new DefinedBroadcast(name, expectDurationMs("keepMs", keepMs))
}

/** The values that the slices of a broadcast share in memory. */
interface OpenBroadcast {
  readonly reader: ListReader
  readonly files: UploadedFiles
}

class DefinedBroadcast<Data> implements Broadcast<Data> {
  readonly name: string
  readonly #keepMs: number
  /** The broadcasts whose slices have run in this process, by the names of their lists. */
  readonly #open = new Map<string, OpenBroadcast>()
  /** The count of the default ids that each attempt at an update has used, by the signal of the attempt. */
  readonly #ids = new WeakMap<AbortSignal, number>()

  constructor(name: string, keepMs: number) {
    this.name = name
    this.#keepMs = keepMs
  }

  handle(router: Pick<Router, "event">, message: BroadcastFunction<Data>): Removable {
    if (typeof message !== "function") unexpectedOption("message", "a function", message)
    return router.event(slicePrefix + this.name, (ctx) =>
      // `start` has stored the data that the function gets.
      this.#runSlice(ctx, message as BroadcastFunction<unknown>),
    )
  }

  start(at: BroadcastAt, options: StartBroadcastOptions<Data>): Promise<BroadcastRun> {
    const started = this.#start(at, options)
    // If a handler does not await the start, the end of the handler does.
    return at instanceof Context ? handlingOf(at).watch(started) : started
  }

  async #start(at: BroadcastAt, options: StartBroadcastOptions<Data>): Promise<BroadcastRun> {
    expectOptionsObject(options, "start(ctx, { to, data })", startOptionNames)
    const { to, data, unsure = "repeat", messageIds = false, signal } = options
    if (unsure !== "repeat" && unsure !== "skip") {
      unexpectedOption("unsure", '"repeat" or "skip"', unsure)
    }
    const hasMessageIds = expectBoolean("messageIds", messageIds)
    if (data !== undefined) jsonText("data", data)
    const id = expectText("id", options.id ?? this.#defaultId(at))
    const store = this.#storeOf(at, id)
    const run = new BroadcastRun(store, this.name, id)
    if (await store.read()) return run
    const list = await storeRecipients(store, to, signal)
    const head: StoredHead = {
      ...{ status: "running", tick: 1, data, unsure, startedAt: Date.now() },
      ...(hasMessageIds && { hasMessageIds }),
      ...list,
    }
    try {
      await store.state.write([
        store.set(store.headKey, head, 0),
        store.set(store.progressKey, newProgress),
        slicePut(store, this.name, { id, tick: head.tick, slice: newProgress.slice }),
      ])
    } catch (error) {
      await deleteRecipients(store, list)
      // Another program has started the same broadcast since `run.progress` was read.
      if (!(error instanceof StateConflict)) throw error
    }
    return run
  }

  run(at: BroadcastAt, id: string): BroadcastRun {
    return new BroadcastRun(this.#storeOf(at, expectText("id", id)), this.name, id)
  }

  async #runSlice(ctx: Context, message: BroadcastFunction<unknown>): Promise<void> {
    // `slicePut` has put the data.
    const data = ownContent(ctx.update)?.data as SliceData
    const store = this.#storeOf(ctx, data.id)
    const stored = await store.read()
    if (!stored) return
    const { head, progress } = stored
    const isNext = head.tick === data.tick && progress.slice === data.slice
    if (!isNext || head.status !== "running" || progress.hasEnded === true) return
    const isRepeated = ctx.attempt > 1
    const { bot, signal } = ctx
    const { reader, files } = this.#openOf(store, head)
    const common = { name: this.name, data, bot, store, stored, message, signal, isRepeated }
    await new Slice({ ...common, reader, files }).run()
  }

  #openOf(store: BroadcastStore, head: StoredHead): OpenBroadcast {
    const known = this.#open.get(head.list)
    this.#open.delete(head.list)
    const open = known ?? { reader: new ListReader(store, head), files: new UploadedFiles() }
    this.#open.set(head.list, open)
    const [oldest] = this.#open.keys()
    if (this.#open.size > maxOpen && oldest !== undefined) this.#open.delete(oldest)
    return open
  }

  /**
   * Returns the next default id of a handler. A repeated handler gets the same ids, so that the handler starts no
   * broadcast again.
   */
  #defaultId(at: BroadcastAt): string {
    if (!(at instanceof Context)) return crypto.randomUUID()
    const number = (this.#ids.get(at.signal) ?? 0) + 1
    this.#ids.set(at.signal, number)
    const first = `update ${at.update.update_id}`
    return number === 1 ? first : `${first}, broadcast ${number}`
  }

  #storeOf(at: BroadcastAt, id: string): BroadcastStore {
    return new BroadcastStore(openPlace(at), { name: this.name, id, keepMs: this.#keepMs })
  }
}

const noCounts: Counts = {
  ...{ sent: 0, blocked: 0, gone: 0, failed: 0, omitted: 0, skipped: 0 },
  ...{ duplicates: 0, unsure: 0, migrated: 0 },
}

const newProgress: StoredProgress = {
  ...{ slice: 1, owner: "", section: 0, next: 0, open: [], later: [], counts: noCounts },
  ...{ entries: 0, setbacks: 0 },
}
