import { Simulator, MovableClock, type SimulatorOptions } from "../src/index.js"
import { ScriptedWebhook, type Received } from "./scripted-webhook.js"

/** The answer of the Bot API. */
export interface Answer {
  readonly ok: boolean
  // The type of a result depends on the method: a test states the type that it expects.
  readonly result: never
  readonly error_code?: number
  readonly description?: string
  readonly parameters?: object
}

/** Calls a method with JSON. */
export async function call(
  telegram: Simulator,
  token: string,
  method: string,
  params: object = {},
): Promise<Answer> {
  const response = await fetch(`${telegram.apiRoot}/bot${token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  })
  return (await response.json()) as Answer
}

/** A bot with a webhook that answers by a script, under the rules of a local server. */
export class ConformanceStage implements AsyncDisposable {
  readonly telegram: Simulator
  readonly webhook: ScriptedWebhook
  readonly clock: MovableClock
  readonly bot: ReturnType<Simulator["bot"]>

  private constructor(telegram: Simulator, webhook: ScriptedWebhook, clock: MovableClock) {
    this.telegram = telegram
    this.webhook = webhook
    this.clock = clock
    this.bot = telegram.bot({ username: "played_bot" })
  }

  /** The clock stands still until the test advances it. */
  static async start(
    script: (request: Received) => void,
    options: SimulatorOptions & { params?: object } = {},
  ): Promise<ConformanceStage> {
    const clock = new MovableClock({ graceMs: 30 })
    const webhook = await ScriptedWebhook.start(script, { clock })
    const telegram = await Simulator.start({ local: true, seed: 7, clock, ...options })
    const play = new ConformanceStage(telegram, webhook, clock)
    await play.call("setWebhook", { url: webhook.url, ...options.params })
    return play
  }

  call(method: string, params: object = {}): Promise<Answer> {
    return call(this.telegram, this.bot.token, method, params)
  }

  /**
   * Sends a message in a private chat or, for a negative id, in a group. Returns its `update_id`.
   */
  message(chatId: number, text = "x"): number {
    return this.#push("message", {
      message_id: 1,
      date: Math.floor(this.clock.now() / 1000),
      chat: { id: chatId },
      text,
    })
  }

  /** Presses a button. */
  callbackQuery(userId: number): number {
    return this.#push("callback_query", { id: "1", from: { id: userId }, data: "x" })
  }

  /** Sends an inline query. */
  inlineQuery(userId: number): number {
    return this.#push("inline_query", { id: "1", from: { id: userId }, query: "x" })
  }

  /** Runs all due timers, while the clock stands still. */
  settle(): Promise<void> {
    return this.clock.advance(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.telegram[Symbol.asyncDispose]()
    await this.webhook[Symbol.asyncDispose]()
  }

  #push(type: string, payload: object): number {
    return this.bot.push({ [type]: payload }) ?? 0
  }
}
