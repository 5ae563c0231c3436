import { Simulator, type SimulatorOptions } from "../src/index.js"
import type { Update } from "@grammyjs/types"
import { call, type Answer } from "./conformance-stage.js"

type BotOptions = NonNullable<Parameters<Simulator["bot"]>[0]>

/** A bot and a person who have met. The bot receives every type of update. */
export class Meeting implements AsyncDisposable {
  readonly telegram: Simulator
  readonly bot: ReturnType<Simulator["bot"]>
  readonly ada: ReturnType<Simulator["user"]>
  readonly bob: ReturnType<Simulator["user"]>
  #offset = 0
  #unconfirmed = 0

  private constructor(telegram: Simulator, options: BotOptions) {
    this.telegram = telegram
    this.bot = telegram.bot({ username: "met_bot", ...options })
    this.ada = telegram.user({ first_name: "Ada", username: "ada" })
    this.bob = telegram.user({ first_name: "Bob" })
  }

  static async start(
    options: BotOptions & { simulator?: SimulatorOptions } = {},
  ): Promise<Meeting> {
    const { simulator, ...bot } = options
    const meeting = new Meeting(await Simulator.start({ seed: 3, ...simulator }), bot)
    await meeting.ada.send(meeting.bot, "/start")
    const allowed_updates = ["message", "edited_message", "channel_post", "edited_channel_post"]
    const rare = ["chat_member", "message_reaction", "message_reaction_count", "my_chat_member"]
    const asked = [
      "inline_query",
      "chosen_inline_result",
      "callback_query",
      "chat_join_request",
      "widget_query",
    ]
    const paid = ["shipping_query", "pre_checkout_query", "poll", "poll_answer"]
    const business = ["business_connection", "business_message", "edited_business_message"]
    const deleted = ["deleted_business_messages"]
    const own = ["managed_bot"]
    const all = [...own, ...allowed_updates, ...rare, ...asked, ...paid, ...business, ...deleted]
    await meeting.updates({ allowed_updates: all })
    return meeting
  }

  /** Calls a method. */
  ask(method: string, params: object = {}): Promise<Answer> {
    return call(this.telegram, this.bot.token, method, params)
  }

  /** Calls a method. Throws if the call is refused. */
  async result<T>(method: string, params: object = {}): Promise<T> {
    const answer = await this.ask(method, params)
    if (!answer.ok) throw new Error(`${method}: ${answer.description}`)
    return answer.result
  }

  /** Returns the description of a refused call. */
  async refusal(method: string, params: object = {}): Promise<string | undefined> {
    return (await this.ask(method, params)).description
  }

  /** Returns the updates since the last call, without their ids. */
  async updates(params: object = {}): Promise<Omit<Update, "update_id">[]> {
    // A second poll with the same offset would be slowed down.
    if (this.bot.pendingUpdateCount === this.#unconfirmed) return []
    const found = await this.result<Update[]>("getUpdates", { offset: this.#offset, ...params })
    this.#offset = (found.at(-1)?.update_id ?? this.#offset - 1) + 1
    this.#unconfirmed = found.length
    return found.map(({ update_id, ...update }) => (update_id > 0 ? update : {}))
  }

  /** Returns the types of the updates since the last call. */
  async types(): Promise<string[]> {
    return (await this.updates()).flatMap((update) => Object.keys(update))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.telegram[Symbol.asyncDispose]()
  }
}
