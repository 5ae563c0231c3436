import { Simulator, type SimulatedBot, type SimulatedUser } from "@sounder/simulator"
import { afterEach, beforeEach } from "vitest"
import { Bot } from "../../src/bot/index.js"
import type { Dispatcher } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import type { Message } from "../../src/telegram/types.js"
import { Updater, type UpdaterOptions } from "../../src/updater.js"
import { RecordingLogger } from "./recording-logger.js"
import { untilTrue } from "./waiting.js"

/** A bot on a simulated Telegram, and two people. */
export interface People {
  telegram: Simulator
  account: SimulatedBot
  bot: Bot
  queue: MemoryQueue
  updater: Updater
  dispatcher: Dispatcher
  logger: RecordingLogger
  ada: SimulatedUser
  bob: SimulatedUser
  /** Replaces the updater by one of another version of the program. */
  deploy(options?: Partial<UpdaterOptions>): Promise<Dispatcher>
  /** Returns the answer to a press of a button. */
  answerTo(who: SimulatedUser, message: Message, button: string): Promise<string | undefined>
  /** Sends a text to the bot, and returns its answer. */
  ask(who: SimulatedUser, text: string): Promise<Message>
  /** Returns the calls of a method. */
  calls(method: string): readonly { readonly params: Readonly<Record<string, unknown>> }[]
}

/** Creates a bot and people before each test of a file. */
export function peopleEach(): People {
  // Filled before each test.
  const people = {} as People
  const start = (options: Partial<UpdaterOptions>) => {
    const { bot, queue, logger } = people
    people.updater = new Updater({ bot, queue, logger, ...options })
    people.dispatcher = people.updater.dispatcher
  }
  beforeEach(async () => {
    people.telegram = await Simulator.start({ local: true })
    people.account = people.telegram.bot({ username: "suite_bot", supports_inline_queries: true })
    people.bot = new Bot(people.account.token, {
      apiRoot: people.telegram.apiRoot,
      localMode: true,
    })
    people.queue = new MemoryQueue()
    people.logger = new RecordingLogger()
    people.ada = people.telegram.user({ first_name: "Ada" })
    people.bob = people.telegram.user({ first_name: "Bob" })
    start({})
  })
  afterEach(async () => {
    await people.updater.stop({ deadlineMs: 100 })
    await people.queue[Symbol.asyncDispose]()
    await people.telegram[Symbol.asyncDispose]()
    await people.bot[Symbol.asyncDispose]()
  })
  return Object.assign(people, {
    async deploy(options: Partial<UpdaterOptions> = {}) {
      await people.updater.stop({ deadlineMs: 1_000 })
      start(options)
      return people.dispatcher
    },
    async answerTo(who: SimulatedUser, message: Message, button: string) {
      const press = await who.press(message, button)
      return (await press.answered).text
    },
    async ask(who: SimulatedUser, text: string) {
      await who.send(people.account, text)
      return who.hears()
    },
    calls: (method: string) => [...people.telegram.calls].filter((call) => call.method === method),
  })
}

/** Resolves when the queue has no update. */
export async function untilIdle({ queue }: People): Promise<void> {
  await untilTrue(() => queue.waiting === 0)
}
