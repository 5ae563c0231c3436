import type { Context } from "../../dispatch/context/context.js"

/** The members of a session that a script uses. */
export interface ScriptSession {
  /** The name of the data on the context. */
  readonly name: string
  /** The store of the data. Default: the state of the queue. */
  readonly store?: unknown
  /** Returns the data under their name. */
  readonly derive: (ctx: Context) => object | Promise<object>
  /** Stores changed data. */
  beforeDone(ctx: never, values: never): unknown
}

/** The data of one session in a run of a script. */
interface Slot {
  readonly session: ScriptSession
  /** The values of the current segment. */
  values: Record<string, unknown>
  /** The data, one object for the whole run; `undefined` for an update without the key of the session. */
  data: object | undefined
}

/** The sessions of a script's run, as its contexts show them. */
export class ScriptSessions {
  readonly #slots: readonly Slot[]
  /** The members for the contexts of the script: all of them show the data of the current segment. */
  readonly values: object

  constructor(sessions: readonly ScriptSession[]) {
    this.#slots = sessions.map((session) => ({ session, values: {}, data: undefined }))
    this.values = Object.defineProperties(
      {},
      Object.fromEntries(this.#slots.map((slot) => [slot.session.name, memberOf(slot)])),
    )
  }

  /** Reads the data for a segment. */
  async begin(ctx: Context): Promise<void> {
    for (const slot of this.#slots) {
      const { session } = slot
      // A session returns an object with its name.
      slot.values = (await session.derive(ctx)) as Record<string, unknown>
      slot.data = shownData(slot, dataOf(slot))
    }
  }

  /** Writes changed data at the end of a segment. */
  async end(ctx: Context, isLive: boolean): Promise<void> {
    for (const { session, values, data } of this.#slots) {
      if (data === undefined) continue
      // A copy in a replay, because the session watches its data for changes that come too late.
      values[session.name] = isLive ? data : JSON.parse(JSON.stringify(data))
      // This session itself has returned the values.
      await session.beforeDone(ctx as never, values as never)
    }
  }
}

/** Returns the object to show: the object of the run, filled with the data that were read. */
function shownData({ data: known }: Slot, read: object | undefined): object | undefined {
  if (!known || !read || JSON.stringify(known) === JSON.stringify(read))
    return read && (known ?? read)
  for (const name of Object.keys(known)) Reflect.deleteProperty(known, name)
  return Object.assign(known, read)
}

/** Returns the data of a segment; `undefined` if the session has none for its update. */
function dataOf({ session, values }: Slot): object | undefined {
  try {
    const data = values[session.name]
    return typeof data === "object" && data !== null ? data : undefined
  } catch {
    // Without a key, each access throws the reason.
    return undefined
  }
}

function memberOf(slot: Slot): PropertyDescriptor {
  const { name } = slot.session
  return {
    get: () => slot.data ?? slot.values[name],
    set: (data: object) => {
      if (slot.data) slot.data = data
      else slot.values[name] = data
    },
    enumerable: true,
    configurable: true,
  }
}
