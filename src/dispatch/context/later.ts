import {
  type EncodedParameters,
  encodeParameters,
  expectParameters,
} from "../../bot/encode-parameters.js"
import { callerError, withCallerStack } from "../../ground/call-place.js"
import {
  expectOptionsObject,
  expectText,
  type OptionNames,
  unexpectedOption,
} from "../../ground/expect-option.js"
import type { ApiMethodName } from "../../telegram/api.js"
import { originOfPlace } from "../../telegram/origin-of-place.js"
import {
  outboxLanePrefix,
  type PromisedCall,
  promisedCallName,
  type PromisedFile,
  type UnsureRule,
} from "../../telegram/promised-call.js"
import { updateChat } from "../../telegram/update-facts.js"
import type { Handling } from "./handling.js"
import { originOf } from "./own-origin.js"
import type { RespondMethod, RespondParameters } from "./respond.js"
import { targetIds } from "./target-ids.js"

/**
 * The methods that `ctx.later` accepts: those of {@link RespondMethod} without the `answer…` methods, because
 * Telegram accepts an answer to a query only for seconds.
 */
export type LaterMethod = Exclude<RespondMethod, `answer${string}`>

/** The parameters of a method. Ids that the update has are optional. */
export type LaterParameters<M extends LaterMethod> = RespondParameters<M>

/** Options of `ctx.later`. */
export interface LaterOptions {
  /**
   * A key, unique within the bot. A second call with a key that was committed less than a week ago does
   * nothing. Default: none.
   */
  readonly key?: string | undefined
  /**
   * The rule for a call of which the bot cannot know whether Telegram has carried the call out, because the
   * process died or the connection broke meanwhile: `"repeat"` makes the call again, so that Telegram may carry
   * it out twice; `"skip"` sets the call aside. Default: `"repeat"`.
   */
  readonly unsure?: UnsureRule | undefined
}

const optionNames: OptionNames<LaterOptions> = { key: true, unsure: true }

/** The namespace of the keys in the state. */
const keySpace = "sounder later"
/** The time for which a key is known, in milliseconds. */
const keyTtlMs = 7 * 24 * 3_600_000

/**
 * Promises a call with the end of the update. Resolves when the handling has the call among its writes. Rejects
 * with a `TypeError` for a wrong argument, and if the update comes from a queue without state.
 */
export async function later(
  handling: Handling,
  { method, params = {}, options = {} }: LaterArguments,
): Promise<void> {
  handling.expectWritable()
  expectMethod(method)
  expectOptionsObject(options, "later(method, params, { key })", optionNames)
  const { key, unsure = "repeat" } = options
  if (unsure !== "repeat" && unsure !== "skip") {
    unexpectedOption("unsure", '"repeat" or "skip"', unsure)
  }
  withCallerStack(() => expectParameters(method, params))
  const allParams = { ...targetIds("later", method, handling.update, params), ...params }
  // Encoding loses the difference between a formatted text and a text that gets the default parse mode.
  const complete = handling.bot.withDefaults(method, allParams)
  const encoded = withCallerStack(() => encodeParameters(method, complete))
  const call: PromisedCall = { method, ...storable(method, encoded), unsure }
  const put = () => putCall(handling, call)
  if (key === undefined) return handling.inOrder(put)
  expectText("key", key)
  return handling.inOrder(async () => {
    if ((await handling.state.get(keySpace, key)) !== undefined) return
    handling.state.set(keySpace, key, 1, { expiresAt: Date.now() + keyTtlMs })
    put()
  })
}

/** The arguments of `ctx.later`. */
interface LaterArguments {
  readonly method: ApiMethodName
  readonly params: object | undefined
  readonly options: LaterOptions | undefined
}

function putCall(handling: Handling, call: PromisedCall): void {
  const { chat_id, user_id, inline_message_id } = call.params
  // Calls about one chat share a lane, so that a limit of Telegram delays the calls of that chat only.
  const subject = chat_id ?? user_id ?? inline_message_id
  const lane = outboxLanePrefix + (isId(subject) ? `${subject}` : handling.lane)
  const isOwnChat =
    chat_id === undefined || String(chat_id) === String(updateChat(handling.update)?.id)
  const elsewhere = originOfPlace({ chatId: typeof chat_id === "number" ? chat_id : undefined })
  const origin = isOwnChat ? originOf(handling.update) : elsewhere
  handling.state.put({ ...origin, name: promisedCallName, lane, data: call })
}

function isId(value: unknown): value is number | string {
  return typeof value === "number" || typeof value === "string"
}

/** Throws a `TypeError` with the reason for a method that cannot be promised. */
function expectMethod(method: unknown): void {
  if (typeof method !== "string" || !/^[A-Za-z]+$/.test(method)) {
    unexpectedOption("method", "a name of letters only", method)
  }
  const reason = reasons.find(([pattern]) => pattern.test(method))?.[1]
  if (reason === undefined) return
  throw callerError(`ctx.later() cannot promise ${method}: ${reason}.`)
}

/** The methods that cannot be promised, with the reasons. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^answer/,
    "Telegram accepts the answer to a query only for seconds; await the call in the handler",
  ],
  [/^(?:get|download)/, "its result would be lost; await the call in the handler"],
  [
    /^(?:setWebhook|deleteWebhook|close|logOut)$/,
    "the call changes how this bot receives updates; make the call outside of handlers",
  ],
]

/**
 * Returns the parameters of a call as they are stored. Throws a `TypeError` for a file that exists only in this
 * process.
 */
function storable(
  method: string,
  { fields, files }: EncodedParameters,
): Pick<PromisedCall, "params" | "files"> {
  if (files.length === 0) return { params: fields }
  const ownFields = files.filter(({ name, path }) => name === path)
  const references = ownFields.map(({ name }) => [name, referenceTo(name)] as const)
  const params = { ...fields, ...Object.fromEntries(references) }
  return { params, files: files.map((part) => promisedFile(method, part)) }
}

function referenceTo(name: string): string {
  return `attach://${name}`
}

function promisedFile(
  method: string,
  { name, path, file }: EncodedParameters["files"][number],
): PromisedFile {
  const { source, filename } = file
  const reference = referenceTo(name)
  if (source.kind === "path") return { reference, filename, source: { path: source.path } }
  if (source.kind === "url") return { reference, filename, source: { url: source.url.href } }
  throw callerError(
    `Expected the parameter \`${path}\` of ${method} to be a file that exists when the call is made, got ` +
      `${source.kind === "bytes" ? "bytes" : "a stream"}: pass a file_id, a URL or \`InputFile.path(…)\`.`,
  )
}
