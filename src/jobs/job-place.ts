import { unexpectedOption } from "../ground/expect-option.js"
import { Context, handlingOf } from "../dispatch/context/context.js"
import { originOf } from "../dispatch/context/own-origin.js"
import type { NewOwnContent } from "../dispatch/context/update-state.js"
import { jsonText } from "../ground/json-text.js"
import type { StateKey, StateStore, StateWrite } from "../queue/state-store.js"
import { laneOfPlace } from "../queue/lane-of-place.js"
import { stateOf } from "../queue/state-of.js"
import { untilNoConflict } from "../queue/until-no-conflict.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import type { OwnContent } from "../telegram/own-update.js"
import { originOfPlace } from "../telegram/origin-of-place.js"

/** The place of a job that is scheduled outside of a handler. */
export interface JobPlace {
  /** The queue of the bot, which keeps state. */
  readonly queue: UpdateQueue
  /** The id of the bot. */
  readonly botId: number
  /** The chat of the job: `ctx.chat` of its handler. Default: none. */
  readonly chatId?: number
  /**
   * The id of the job's topic, for `ctx.reply` and the other methods that answer. Default: none; the general
   * topic.
   */
  readonly threadId?: number
  /**
   * The lane of the job's runs. Default: the lane of the chat or topic; without a chat, a lane that only this job has.
   */
  readonly lane?: string
}

/** The place of a job: the context of a handler, or a {@link JobPlace}. */
export type JobAt = Context | JobPlace

/** The namespace of the records of named runs. */
const space = "job"

/** The record of a named run, as it is stored. */
export interface JobRecord {
  /** A text that changes each time a run of this name is scheduled. */
  readonly generation: string
  /** The times and data as text, by which a repeated call is recognized. */
  readonly signature: string
  /** The time of the next run, in milliseconds since 1970. */
  readonly dueAt: number
}

/** The reads and writes of one call, in a handler or outside of handlers. */
export interface JobWriter {
  /** Resolves with the record of a name; `undefined` if there is none. */
  record(name: string): Promise<JobRecord | undefined>
  /**
   * Writes the record of a name, or deletes the record.
   *
   * @param expiresAt the time from which the record counts as deleted. Default: none.
   */
  setRecord(name: string, record: JobRecord | undefined, expiresAt?: number): void
  /** Puts an own update at `dueAt`. */
  put(content: NewOwnContent, dueAt: number, timer?: string): void
  /** Cancels a timer. */
  cancel(timer: string): void
}

/**
 * Makes changes at a place. In a handler, the changes are committed with its update. Outside of handlers, the
 * changes are stored when this function resolves; `change` is called again if another program changes the
 * same records meanwhile.
 *
 * @param ownLane the lane of a job without a chat that is scheduled outside of handlers
 */
export async function changeAt<T>(
  at: JobAt,
  ownLane: string,
  change: (writer: JobWriter) => Promise<T>,
): Promise<T> {
  if (at instanceof Context) return change(new UpdateWriter(at))
  return untilNoConflict(async () => {
    const writer = new OutsideWriter(at, ownLane)
    const result = await change(writer)
    await writer.commit()
    return result
  })
}

/** The writer of a handler, whose writes are committed with its update. */
class UpdateWriter implements JobWriter {
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  async record(name: string): Promise<JobRecord | undefined> {
    // The value is one that `setRecord` has stored.
    return (await this.#ctx.state.get(space, name)) as JobRecord | undefined
  }

  setRecord(name: string, record: JobRecord | undefined, expiresAt?: number): void {
    if (record) this.#ctx.state.set(space, name, record, { expiresAt })
    else this.#ctx.state.delete(space, name)
  }

  put(content: NewOwnContent, dueAt: number, timer?: string): void {
    this.#ctx.state.put({ ...originOf(this.#ctx.update), ...content }, { dueAt, timer })
  }

  cancel(timer: string): void {
    this.#ctx.state.cancelTimer(timer)
  }
}

/** The writer of a program outside of handlers. */
class OutsideWriter implements JobWriter {
  readonly #place: JobPlace
  readonly #ownLane: string
  readonly #store: StateStore
  readonly #versions = new Map<string, number>()
  readonly #writes: StateWrite[] = []

  constructor(place: JobPlace, ownLane: string) {
    if (typeof place !== "object" || place === null) {
      unexpectedOption("at", "a context or a place", place)
    }
    const { queue, botId, chatId = 0, threadId = 0 } = place
    this.#ownLane = ownLane
    for (const [name, id] of Object.entries({ botId, chatId, threadId })) {
      if (!Number.isSafeInteger(id)) unexpectedOption(name, "an integer", id)
    }
    this.#place = place
    this.#store = stateOf(queue)
  }

  async record(name: string): Promise<JobRecord | undefined> {
    const [entry] = await this.#store.read([this.#keyOf(name)])
    this.#versions.set(name, entry?.version ?? 0)
    // The value is one that `setRecord` has stored.
    return entry && (JSON.parse(entry.json) as JobRecord)
  }

  setRecord(name: string, record: JobRecord | undefined, expiresAt?: number): void {
    const guarded = { key: this.#keyOf(name), ifVersion: this.#versions.get(name) }
    this.#writes.push(
      record
        ? { kind: "set", ...guarded, json: jsonText("record", record), expiresAt }
        : { kind: "delete", ...guarded },
    )
  }

  put(content: NewOwnContent, dueAt: number, timer?: string): void {
    const { queue, botId, chatId, threadId, lane } = this.#place
    const own: OwnContent = {
      lane: lane ?? laneOfPlace(queue, { chatId, threadId }) ?? this.#ownLane,
      ...originOfPlace({ chatId, threadId }),
      ...content,
    }
    this.#writes.push({ kind: "put", botId, own, dueAt, timer })
  }

  cancel(timer: string): void {
    this.#writes.push({ kind: "cancel", botId: this.#place.botId, timer })
  }

  commit(): Promise<void> {
    return this.#store.write(this.#writes)
  }

  #keyOf(name: string): StateKey {
    return { botId: this.#place.botId, space, key: name }
  }
}

/** Makes a change of jobs. If a handler does not await the change, the end of the handler does. */
export function watched<T>(at: JobAt, change: () => Promise<T>): Promise<T> {
  const changed = change()
  return at instanceof Context ? handlingOf(at).watch(changed) : changed
}
