import type { Bot } from "../bot/index.js"
import { type CommandContext, Context, handlingOf } from "../dispatch/context/context.js"
import type { Handling } from "../dispatch/context/handling.js"
import type { TextUpdate } from "../dispatch/context/narrowed.js"
import type { Handler } from "../dispatch/handlers/handler.js"
import { Router } from "../dispatch/handlers/router.js"
import {
  expectBoolean,
  expectDurationMs,
  unexpectedOption,
  expectOptionsObject,
  type OptionNames,
} from "../ground/expect-option.js"
import { expiryOf } from "../ground/expiry-of.js"
import type { Removable } from "../ground/removable.js"
import type { StandardSchema } from "../ground/standard-schema.js"
import type {
  CallbackFieldData,
  CallbackFields,
  ShortFieldData,
} from "../keyboard/callback-fields.js"
import { dataFormOf } from "../keyboard/data-form-of.js"
import { stateOf } from "../queue/state-of.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import {
  maxLength,
  maxCharacters,
  packParameter,
  type ParameterDefinition,
  parameterSpace,
  readParameter,
  type StoredParameter,
} from "./pack-parameter.js"

/** The options of {@link startParameter}. */
export interface StartParameterOptions {
  /** The lifetime of data that do not fit into a link, in milliseconds. Default: 30 days. */
  readonly ttlMs?: number
  /**
   * Whether the data carry a keyed hash, so that a forged parameter is not accepted. A new token of
   * the bot makes the parameters invalid. Default: false.
   */
  readonly signed?: boolean
}

/** The context of the handler of a {@link StartParameter}. */
export type StartContext<Data> = CommandContext<TextUpdate> & {
  /** The data of the start parameter. */
  readonly data: Data
}

/** An object that makes and reads start parameters outside of handlers. */
export interface StartParameterAt<Data> {
  /** Resolves with a parameter, after storing data that do not fit into the parameter. */
  pack(data: Data): Promise<string>
  /** Resolves with the data of a parameter, such as the `start_param` of a Mini App; `undefined` for any other text. */
  read(parameter: string): Promise<Data | undefined>
}

/**
 * A factory of the typed parameters of deep links.
 *
 * `Short` is the type of the data that always fit into a link. All other data need the context of a handler:
 * data that do not fit are stored with the end of the handler's update, and the link carries their key.
 */
export interface StartParameter<Data extends object, Short = Data> {
  /** Returns a parameter. Throws a `TypeError` for wrong data, and for data that need a context. */
  (...data: {} extends Short ? [data?: Short] : [data: Short]): string
  /**
   * Returns a parameter. Data that need more than 64 characters are stored with the end of the context's update. Throws
   * a `TypeError` for wrong data.
   */
  (data: Data, ctx: Context): string
  /** The prefix. */
  readonly prefix: string
  /**
   * Registers the handler of `/start` with such a parameter, in private chats and in groups. Register the
   * handler before the handler of `command("start")`, which gets all other parameters: forged ones, expired
   * ones, and ones with other fields.
   */
  handle<Extra extends object>(
    router: Router<Extra>,
    handler: Handler<StartContext<Data> & Extra>,
  ): Removable
  /**
   * Returns an object that makes and reads parameters outside of a handler.
   *
   * @throws TypeError for a queue without state
   */
  at(queue: UpdateQueue, place: { readonly bot: Bot }): StartParameterAt<Data>
}

const optionNames: OptionNames<StartParameterOptions> = { ttlMs: true, signed: true }
const dayMs = 24 * 3_600_000

/**
 * Defines typed parameters of deep links: `https://t.me/my_bot?start=…`. A parameter is the prefix with the packed data,
 * or with the key of stored data.
 *
 * @param prefix 1 to 32 letters and digits, which must not change
 * @param fields the kind of each field (the same kinds as for `callbackData`), or a schema of an object
 * @throws TypeError for a wrong prefix, field or option
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { deepLink, startParameter } from "sounder/deep-link"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * const invite = startParameter("invite", { by: "int" })
 *
 * invite.handle(dispatcher, (ctx) => ctx.reply(`You were invited by ${ctx.data.by}.`))
 * dispatcher.command("invite", async (ctx) => {
 *   const start = invite({ by: ctx.from.id })
 *   await ctx.reply(deepLink(await ctx.bot.init(), { start }))
 * })
 * ```
 * @see docs/guides/deep-links.md
 */
export function startParameter<
  const Fields extends CallbackFields = {},
  const Options extends StartParameterOptions = {},
>(
  prefix: string,
  fields?: Fields,
  options?: Options,
): StartParameter<
  CallbackFieldData<Fields>,
  Options extends { readonly signed: true } ? never : ShortFieldData<Fields>
>
export function startParameter<Data extends object>(
  prefix: string,
  schema: StandardSchema<Data>,
  options?: StartParameterOptions,
): StartParameter<Data, never>
export function startParameter(
  prefix: string,
  fields: CallbackFields | StandardSchema<object> = {},
  options: StartParameterOptions = {},
): unknown {
  expectOptionsObject(options, 'startParameter("invite", fields, { signed })', optionNames)
  const { ttlMs = 30 * dayMs, signed = false } = options
  if (typeof prefix !== "string" || !/^[a-z\d]{1,32}$/i.test(prefix)) {
    unexpectedOption("prefix", "1 to 32 letters and digits", prefix)
  }
  const definition: ParameterDefinition = {
    prefix,
    form: dataFormOf(fields),
    ttlMs: expectDurationMs("ttlMs", ttlMs),
    isSigned: expectBoolean("signed", signed),
  }
  const make = (data: object = {}, ctx?: Context) =>
    ctx === undefined ? packShort(definition, data) : packIn(definition, data, ctx)
  return Object.assign(make, {
    prefix,
    handle: (router: Router, handler: Handler<StartContext<object>>) =>
      handleStart(definition, router, handler),
    at: (queue: UpdateQueue, { bot }: { readonly bot: Bot }) =>
      parametersAt(definition, queue, bot),
  })
}

/** Packs data that fit into a link with any values of their fields. Throws a `TypeError` for other data. */
function packShort(definition: ParameterDefinition, data: object): string {
  const { prefix, isSigned } = definition
  if (!isSigned && maxCharacters(definition, data) <= maxLength) {
    return packParameter(definition, data)
  }
  const reason = isSigned
    ? "they are signed"
    : `they may need more than ${maxLength} characters, and are then stored with the handler's update`
  throw new TypeError(
    `Expected the context of a handler with the data of ${prefix}, because ${reason}: write ` +
      `\`${prefix}(data, ctx)\`, or outside of handlers \`await ${prefix}.at(queue, { bot }).pack(data)\`.`,
  )
}

function packIn(definition: ParameterDefinition, data: object, ctx: Context): string {
  if (!(ctx instanceof Context)) unexpectedOption("ctx", "the context of a handler", ctx)
  const store = (key: string, value: StoredParameter) =>
    ctx.state.set(parameterSpace, key, value, { expiresAt: expiryOf(definition.ttlMs, Date.now()) })
  return packParameter(definition, data, { bot: ctx.bot, store })
}

function handleStart(
  definition: ParameterDefinition,
  router: Router,
  handler: Handler<StartContext<object>>,
): Removable {
  if (typeof handler !== "function") unexpectedOption("handler", "a function", handler)
  const read = new WeakMap<Handling, object>()
  const matching = new Router()
  matching.derive((ctx) => ({ data: read.get(handlingOf(ctx)) ?? {} })).command("start", handler)
  const choose = async (ctx: Context) => {
    // The router has commands only.
    const { argument } = ctx as CommandContext
    const stored = async (key: string) =>
      handlingOf(ctx).queue?.state && (await ctx.state.get(parameterSpace, key))
    const data = await readParameter(definition, argument, { bot: ctx.bot, stored })
    if (data !== undefined) read.set(handlingOf(ctx), data)
    return data && "matching"
  }
  return router.route(choose, { matching })
}

function parametersAt(
  definition: ParameterDefinition,
  queue: UpdateQueue,
  bot: Bot,
): StartParameterAt<object> {
  const state = stateOf(queue)
  if (typeof bot?.id !== "number") unexpectedOption("bot", "a Bot", bot)
  const keyOf = (key: string) => ({ botId: bot.id, space: parameterSpace, key })
  return {
    async pack(data) {
      const values: [key: string, value: StoredParameter][] = []
      const parameter = packParameter(definition, data, {
        bot,
        store: (...stored) => void values.push(stored),
      })
      for (const [key, value] of values) {
        const expiresAt = expiryOf(definition.ttlMs, Date.now())
        const json = JSON.stringify(value)
        await state.write([{ kind: "set", key: keyOf(key), json, expiresAt }])
      }
      return parameter
    },
    read: (parameter) =>
      readParameter(definition, parameter, {
        bot,
        stored: async (key) => {
          const [entry] = await state.read([keyOf(key)])
          return entry && (JSON.parse(entry.json) as unknown)
        },
      }),
  }
}
