import type { BotAccount } from "../delivery/bot-account.js"
import type { Journal } from "../ground/journal.js"
import { knownMethods } from "../methods/known-methods.js"
import type { Method } from "../methods/method.js"
import type { World } from "../world/world.js"
import { answerOf, answerOfError, type Answer } from "./answer.js"
import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"

/** A call that a bot has made, and what it was answered. */
export class CallRecord {
  /** The id of the bot that has made the call. */
  readonly botId: number
  /** As Telegram spells it, where Telegram knows it. */
  readonly method: string
  /** As they were sent: text by name. */
  readonly params: Readonly<Record<string, string>>
  /** The HTTP status. */
  readonly status: number
  /** Unix time in milliseconds. */
  readonly at: number
  readonly #body: string

  /** @internal */
  constructor(options: {
    botId: number
    method: string
    args: Arguments
    answer: Answer
    at: number
  }) {
    this.botId = options.botId
    this.method = options.method
    this.params = options.args.toJSON()
    this.status = options.answer.status
    this.at = options.at
    const { status, body } = options.answer
    this.#body = body.length > maxKeptAnswer ? `{"ok":${status === 200}}` : body
  }

  /** The JSON it was answered; without its `result` where that is longer than 64 KiB. */
  get answer(): { ok: boolean; result?: unknown; error_code?: number; description?: string } {
    // The simulator's own JSON.
    return JSON.parse(this.#body) as CallRecord["answer"]
  }
}

// Longer answers are not kept: they are batches of updates.
const maxKeptAnswer = 65_536

const forbiddenReplies = new Set(["", "deletewebhook", "setwebhook", "close", "logout"])

/** The methods of the Bot API, called over HTTP or in the answer of a webhook. */
export class Api {
  readonly #world: World
  readonly #calls: Journal<CallRecord>
  #methods: ReadonlyMap<string, Method> | undefined

  constructor(world: World, calls: Journal<CallRecord>) {
    this.#world = world
    this.#calls = calls
  }

  /** Carries out a call; never rejects. @param name in any letter case */
  async call(bot: BotAccount, name: string, args: Arguments): Promise<Answer> {
    const lowerCase = name.toLowerCase()
    const method = knownMethods.get(lowerCase) ?? name
    const answer = await this.#answer(bot, lowerCase, args)
    this.record({ bot, method, args, answer })
    return answer
  }

  /** Carries out the call that a webhook's answer holds, if it may hold it. */
  reply(bot: BotAccount, args: Arguments): void {
    const name = args.text("method").toLowerCase()
    if (!forbiddenReplies.has(name) && !name.startsWith("get")) void this.call(bot, name, args)
  }

  /** Remembers a call. */
  record(call: { bot: BotAccount; method: string; args: Arguments; answer: Answer }): void {
    const at = this.#world.environment.clock.now()
    const record = new CallRecord({ ...call, botId: call.bot.me.id, at })
    this.#calls.add(record, call.answer.body.length + call.args.characters)
  }

  async #answer(bot: BotAccount, name: string, args: Arguments): Promise<Answer> {
    try {
      // Half of what there is to load: a simulator is there sooner without them.
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
    const known = knownMethods.get(name)
    if (known === undefined) throw new CallError(404, "Not Found: method not found")
    // Not a 501: frameworks take that for a fault that passes, and hide what it says.
    throw new CallError(400, `Bad Request: the simulator does not play ${known}`)
  }
}
