import type { Bot } from "../bot/index.js"
import { Context } from "../dispatch/context/context.js"
import { pressReader, type PressSource } from "../dispatch/handlers/press-source.js"
import {
  expectDurationMs,
  expectOptionsObject,
  type OptionNames,
  unexpectedOption,
} from "../ground/expect-option.js"
import type { StandardSchema } from "../ground/standard-schema.js"
import type { StateWrite } from "../queue/state-store.js"
import { stateOf } from "../queue/state-of.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import { maxDataBytes } from "./button-text.js"
import type { CallbackFieldData, CallbackFields, ShortFieldData } from "./callback-fields.js"
import type { DataForm } from "./data-form.js"
import { DataReader } from "./data-reader.js"
import { expiryOf } from "../ground/expiry-of.js"
import {
  type DataDefinition,
  dataSpace,
  packAt,
  packPlaceOf,
  type StoredValue,
} from "./pack-data.js"
import { dataFormOf } from "./data-form-of.js"

/** The options of {@link callbackData}. */
export interface CallbackDataOptions {
  /** The lifetime of data that do not fit into a button, in milliseconds. Default: 30 days. */
  readonly ttlMs?: number
  /**
   * Whether the data carry a keyed hash, so that a press with forged data, or with the data of another chat's
   * or user's button, is invalid. `"chat"` and `true`: the data are valid in the chat of the context with which
   * they were made, or for the context's user if the context has no chat. `"user"`: the data are valid for the
   * user of that context. A new token of the bot makes the data invalid. Default: not signed.
   */
  readonly signed?: true | "chat" | "user"
}

/** The bot, chat and user for which data are made outside of a handler. */
export interface CallbackDataPlace {
  /** The bot that sends the button. */
  readonly bot: Bot
  /** The id of the chat of the button, for signed data. */
  readonly chatId?: number
  /** The id of the user who may press the button, for signed data. */
  readonly userId?: number
}

/** An object that makes the data of buttons outside of handlers. */
export interface CallbackDataAt<Data> {
  /** Resolves with the data of a button, after storing data that do not fit into the button. */
  pack(data: Data): Promise<string>
}

/**
 * A factory of the typed data of buttons, and the source of their presses for `router.callbackQuery`.
 *
 * `Short` is the type of the data that always fit into a button. All other data need the context of a handler:
 * data that do not fit are stored with the end of the handler's update, and the button carries their key.
 */
export interface CallbackData<Data extends object, Short = Data> extends PressSource<Data> {
  /** Returns the data of a button. Throws a `TypeError` for wrong data, and for data that need a context. */
  (...data: {} extends Short ? [data?: Short] : [data: Short]): string
  /**
   * Returns the data of a button. Data of more than 64 bytes are stored with the end of the context's update. Throws
   * a `TypeError` for wrong data.
   */
  (data: Data, ctx: Context): string
  /** The prefix. */
  readonly prefix: string
  /** Returns the source of the presses whose data have these values. */
  where(values: Partial<Data>): PressSource<Data>
  /**
   * Returns an object that makes data outside of a handler.
   *
   * @throws TypeError for a queue without state
   */
  at(queue: UpdateQueue, place: CallbackDataPlace): CallbackDataAt<Data>
}

/** The definition of a factory. */
interface FactoryDefinition extends DataDefinition<object> {
  readonly form: DataForm<object>
  /** The lifetime of stored data, in milliseconds. */
  readonly ttlMs: number
}

const dayMs = 24 * 3_600_000
const optionNames: OptionNames<CallbackDataOptions> = { ttlMs: true, signed: true }

/**
 * Defines the typed data of buttons. A button sends at most 64 bytes to the bot: the prefix and the packed
 * data, or the prefix and the key of stored data.
 *
 * @param prefix 1 to 32 letters, digits, `_` and `-`, by which the handler of a press is found. The prefix must
 *   not change
 * @param fields the kind of each field, or a schema of an object
 * @throws TypeError for a wrong prefix, field or option
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { callbackData, inlineKeyboard } from "sounder/keyboard"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * const vote = callbackData("vote", { id: "int", up: "bool" })
 *
 * dispatcher.command("poll", (ctx) =>
 *   ctx.reply("Well?", {
 *     reply_markup: inlineKeyboard()
 *       .text("Yes", vote({ id: 7, up: true }))
 *       .text("No", vote({ id: 7, up: false })),
 *   }),
 * )
 * dispatcher.callbackQuery(vote, (ctx) => ctx.answer(`${ctx.data.id}: ${ctx.data.up}`))
 * ```
 * @see docs/guides/keyboards.md
 */
export function callbackData<
  const Fields extends CallbackFields = {},
  const Options extends CallbackDataOptions = {},
>(
  prefix: string,
  fields?: Fields,
  options?: Options,
): CallbackData<
  CallbackFieldData<Fields>,
  Options extends { readonly signed: true | "chat" | "user" } ? never : ShortFieldData<Fields>
>
export function callbackData<Data extends object>(
  prefix: string,
  schema: StandardSchema<Data>,
  options?: CallbackDataOptions,
): CallbackData<Data, never>
export function callbackData(
  prefix: string,
  fields: CallbackFields | StandardSchema<object> = {},
  options: CallbackDataOptions = {},
): unknown {
  const definition = factoryOf(prefix, fields, options)
  const reader = new DataReader(definition)
  const make = (data: object = {}, ctx?: Context) =>
    ctx === undefined ? packShort(definition, data) : packIn(definition, data, ctx)
  return Object.assign(make, {
    prefix,
    [pressReader]: reader.readerOf(() => true),
    where: (values: object) => ({ [pressReader]: reader.readerOf((data) => hasAll(data, values)) }),
    at: (queue: UpdateQueue, place: CallbackDataPlace) => packerAt(definition, queue, place),
  })
}

function factoryOf(
  prefix: string,
  fields: CallbackFields | StandardSchema<object>,
  options: CallbackDataOptions,
): FactoryDefinition {
  expectOptionsObject(options, 'callbackData("ban", fields, { signed })', optionNames)
  const { ttlMs = 30 * dayMs, signed } = options
  if (typeof prefix !== "string" || !/^[\w-]{1,32}$/.test(prefix)) {
    unexpectedOption("prefix", "1 to 32 letters, digits, `_` and `-`", prefix)
  }
  if (signed !== undefined && signed !== true && signed !== "chat" && signed !== "user") {
    unexpectedOption("signed", 'true, "chat" or "user"', signed)
  }
  return {
    prefix,
    form: dataFormOf(fields),
    ttlMs: expectDurationMs("ttlMs", ttlMs),
    signed: signed === true ? "chat" : signed,
  }
}

/**
 * Packs data that fit into a button with any values of their fields. Throws a `TypeError` for other data, and
 * for signed data.
 */
function packShort({ prefix, form, signed }: FactoryDefinition, data: object): string {
  const packed = `${prefix}:${form.pack(data)}`
  const maxBytes = prefix.length + 1 + form.maxBytes(data)
  if (signed === undefined && maxBytes <= maxDataBytes) return packed
  const reason = signed
    ? "they are signed"
    : `they may need more than ${maxDataBytes} bytes, and are then stored with the handler's update`
  throw new TypeError(
    `Expected the context of a handler with the data of ${prefix}, because ${reason}: write ` +
      `\`${prefix}(data, ctx)\`, or outside of handlers \`await ${prefix}.at(queue, { bot }).pack(data)\`.`,
  )
}

function packIn(definition: FactoryDefinition, data: object, ctx: Context): string {
  if (!(ctx instanceof Context)) unexpectedOption("ctx", "the context of a handler", ctx)
  return packAt(definition, definition.form.pack(data), packPlaceOf(ctx, definition.ttlMs))
}

function packerAt(
  definition: FactoryDefinition,
  queue: UpdateQueue,
  { bot, chatId, userId }: CallbackDataPlace,
): CallbackDataAt<object> {
  const state = stateOf(queue)
  if (typeof bot?.id !== "number") unexpectedOption("bot", "a Bot", bot)
  return {
    async pack(data) {
      const writes: StateWrite[] = []
      const store = (key: string, value: StoredValue) => {
        const stateKey = { botId: bot.id, space: dataSpace, key }
        const expiresAt = expiryOf(definition.ttlMs, Date.now())
        writes.push({ kind: "set", key: stateKey, json: JSON.stringify(value), expiresAt })
      }
      const place = { bot, chat: chatId, user: userId, store }
      const packed = packAt(definition, definition.form.pack(data), place)
      if (writes.length > 0) await state.write(writes)
      return packed
    },
  }
}

function hasAll(data: object, values: object): boolean {
  return Object.entries(values).every(([name, value]) => Reflect.get(data, name) === value)
}
