import type { BotAccount } from "../delivery/bot-account.js"
import type { Journal } from "../ground/journal.js"
import { knownMethods } from "../methods/known-methods.js"
import type { Method } from "../methods/method.js"
import type { World } from "../world/world.js"
import { answerOf, answerOfError, type Answer } from "./answer.js"
import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"

/** A call of a bot, with its response. */
export class CallRecord {
  /** The id of the bot. */
  readonly botId: number
  /** The method in Telegram's spelling, if Telegram knows it. */
  readonly method: string
  /** The parameters as they were sent: text by name; a file as its name and length. */
  readonly params: Readonly<Record<string, string>>
  /** The names of the parameters that were sent as files. */
  readonly files: readonly string[]
  /** The HTTP status; 0 if a fault has left the call unanswered. */
  readonly status: number
  /** The description of the fault that the call got; `undefined` without one. */
  readonly fault: string | undefined
  /** The time of the call, as Unix time in milliseconds. */
  readonly at: number
  readonly #body: string

  /** @internal */
  constructor(options: {
    botId: number
    method: string
    args: Arguments
    answer: Answer
    at: number
    fault: string | undefined
  }) {
    this.botId = options.botId
    this.method = options.method
    this.params = options.args.toJSON()
    this.files = options.args.fileNames
    this.status = options.answer.status
    this.fault = options.fault
    this.at = options.at
    const { status, body } = options.answer
    this.#body = body.length > maxKeptAnswer ? `{"ok":${status === 200}}` : body
  }

  /** The JSON of the response; without its `result` if that exceeds 64 KiB. */
  get answer(): { ok: boolean; result?: unknown; error_code?: number; description?: string } {
    // The simulator wrote this JSON.
    return JSON.parse(this.#body) as CallRecord["answer"]
  }
}

// Longer responses are batches of updates, and are not kept.
const maxKeptAnswer = 65_536

const forbiddenReplies = new Set(["", "deletewebhook", "setwebhook", "close", "logout"])

/** The methods of the Bot API, called over HTTP or in a webhook's response. */
export class Api {
  readonly #world: World
  readonly #calls: Journal<CallRecord>
  #methods: ReadonlyMap<string, Method> | undefined

  constructor(world: World, calls: Journal<CallRecord>) {
    this.#world = world
    this.#calls = calls
  }

  /**
   * Runs a method; never rejects.
   * @param name the method in any letter case
   * @param fault the description of the fault that the answer gets
   */
  async call(bot: BotAccount, name: string, args: Arguments, fault?: string): Promise<Answer> {
    const answer = await this.#answer(bot, name.toLowerCase(), args)
    this.record({ bot, method: name, args, answer, fault })
    return answer
  }

  /** Runs the call in a webhook's response, if that method is allowed there. */
  reply(bot: BotAccount, args: Arguments): void {
    const name = args.text("method").toLowerCase()
    if (!forbiddenReplies.has(name) && !name.startsWith("get")) void this.call(bot, name, args)
  }

  /** Adds a call to the journal. */
  record(call: {
    bot: BotAccount
    method: string
    args: Arguments
    answer: Answer
    fault?: string | undefined
  }): void {
    const at = this.#world.environment.clock.now()
    const method = knownMethods.get(call.method.toLowerCase()) ?? call.method
    const { bot, fault } = call
    const record = new CallRecord({ ...call, method, fault, botId: bot.me.id, at })
    this.#calls.add(record, call.answer.body.length + call.args.characters)
  }

  async #answer(bot: BotAccount, name: string, args: Arguments): Promise<Answer> {
    try {
      // Half of the code is loaded at the first call, so that a simulator starts sooner.
      this.#methods ??= (await import("../methods/methods.js")).methods
      return answerOf(await this.#result(this.#methods.get(name), { bot, name, args }))
    } catch (error) {
      return answerOfError(error)
    }
  }

  #result(
    method: Method | undefined,
    { bot, name, args }: { bot: BotAccount; name: string; args: Arguments },
  ): unknown {
    if (bot.ended !== undefined) throw bot.ended
    if (args.hasBrokenText) throw CallError.badRequest("strings must be encoded in UTF-8")
    if (method !== undefined) return method({ bot, args, world: this.#world })
    const knownName = knownMethods.get(name)
    if (knownName === undefined) throw new CallError(404, "Not Found: method not found")
    // Not 501: frameworks retry it as a transient error, and hide its text.
    throw new CallError(400, `Bad Request: the simulator does not support ${knownName}`)
  }
}
