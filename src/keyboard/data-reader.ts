import { type Context, handlingOf } from "../dispatch/context/context.js"
import type { Handling } from "../dispatch/context/handling.js"
import type { PressReader } from "../dispatch/handlers/press-source.js"
import { isThenable } from "../ground/thenable.js"
import { equalSignatures, isKey, signatureLength, signatureOf } from "./data-key.js"
import {
  type Binding,
  type DataDefinition,
  dataSpace,
  keyMark,
  type StoredValue,
} from "./pack-data.js"

/** The data of a press, and whether they are bound to another chat or user; `undefined` for other data. */
type Reading<Data> = { readonly data: Data; readonly isForeign: boolean } | undefined

/** A reader of the data of presses. Each press is read once, however many handlers ask for its data. */
export class DataReader<Data> {
  readonly #definition: DataDefinition<Data>
  readonly #readings = new WeakMap<Handling, Reading<Data> | Promise<Reading<Data>>>()
  readonly #owner: { readonly text: string }

  constructor(definition: DataDefinition<Data>) {
    this.#definition = definition
    this.#owner = { text: definition.claim ?? definition.prefix }
  }

  /** Returns a reader of the presses whose data a function accepts. */
  readerOf(accepts: (data: Data) => boolean): PressReader<Data> {
    return this.#readerOf((reading) => !reading.isForeign && accepts(reading.data))
  }

  /** Returns a reader of the presses whose data are bound to another chat or user. */
  foreignReader(): PressReader<Data> {
    return this.#readerOf(({ isForeign }) => isForeign)
  }

  #readerOf(accepts: (reading: NonNullable<Reading<Data>>) => boolean): PressReader<Data> {
    const isAccepted = (reading: Reading<Data>) => reading !== undefined && accepts(reading)
    return {
      prefix: this.#definition.prefix,
      owner: this.#owner,
      accepts: (ctx) => {
        const reading = this.#read(ctx)
        return reading instanceof Promise ? reading.then(isAccepted) : isAccepted(reading)
      },
      dataOf: (ctx) => {
        const reading = this.#readings.get(handlingOf(ctx))
        if (reading === undefined || reading instanceof Promise) {
          throw new TypeError("Expected a press whose data have been read.")
        }
        return reading.data
      },
    }
  }

  #read(ctx: Context): Reading<Data> | Promise<Reading<Data>> {
    const handling = handlingOf(ctx)
    if (this.#readings.has(handling)) return this.#readings.get(handling)
    const reading = this.#readNow(ctx)
    this.#readings.set(handling, reading)
    // After this, all readers get the data synchronously.
    if (reading instanceof Promise) {
      reading.then(
        (read) => this.#readings.set(handling, read),
        () => this.#readings.delete(handling),
      )
    }
    return reading
  }

  #readNow(ctx: Context): Reading<Data> | Promise<Reading<Data>> {
    const data = ctx.update.callback_query?.data ?? ""
    const text = data.slice(this.#definition.prefix.length + 1)
    const key = text.startsWith(keyMark) ? text.slice(keyMark.length) : ""
    // The key of a menu's button can begin with the mark, but has a colon after it.
    if (isKey(key)) return this.#readStored(ctx, key)
    const { prefix, signed } = this.#definition
    if (signed === undefined) return this.#unpacked(text, false)
    const [given, packed] = [text.slice(0, signatureLength), text.slice(signatureLength)]
    const bound = boundOfPress(signed, ctx)
    const expected = bound && signatureOf(ctx.bot, [bound, prefix, packed])
    const isGenuine = expected !== undefined && equalSignatures(given, expected)
    return this.#unpacked(packed, !isGenuine)
  }

  async #readStored(ctx: Context, key: string): Promise<Reading<Data>> {
    const { prefix, signed } = this.#definition
    if (handlingOf(ctx).queue?.state === undefined) return undefined
    // `packAt` has stored all values of this namespace.
    const stored = (await ctx.state.get(dataSpace, key)) as StoredValue | undefined
    if (stored?.prefix !== prefix) return undefined
    const isForeign = signed !== undefined && stored.bound !== boundOfPress(signed, ctx)
    return this.#unpacked(stored.packed, isForeign)
  }

  #unpacked(packed: string, isForeign: boolean): Reading<Data> | Promise<Reading<Data>> {
    const readingOf = (data: Data | undefined) =>
      data === undefined ? undefined : { data, isForeign }
    const data = this.#definition.form.unpack(packed)
    return isThenable(data) ? Promise.resolve(data).then(readingOf) : readingOf(data)
  }
}

function boundOfPress(signed: Binding, { chat, from }: Context): string | undefined {
  const id = signed === "chat" ? (chat ?? from)?.id : from?.id
  return id === undefined ? undefined : String(id)
}
