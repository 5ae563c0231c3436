import { onTestFinished } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { Polling } from "../../src/polling/polling.js"
import type { PollingOptions } from "../../src/polling/polling-options.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { ScriptedQueue } from "./scripted-queue.js"
import { type Call, PolledTelegram } from "../support/polled-telegram.js"

export const secret = "AAsecretsecretsecretsecret"

/** A call at its beginning, before any delay of the network. */
interface BegunCall {
  readonly method: string
  readonly params: Call["params"]
  readonly at: number
}

/** Starts a scripted Telegram, a bot, a queue and a logger, which are closed after the test. */
export async function stage(decide?: ScriptedQueue["decide"]) {
  const telegram = await PolledTelegram.start()
  const queue = new ScriptedQueue(decide)
  const logger = new RecordingLogger()
  const running: Polling[] = []
  const bots: Bot[] = []
  const calls: BegunCall[] = []
  onTestFinished(async () => {
    for (const put of queue.puts) put.resolve()
    await Promise.all(running.map((polling) => polling.finish()))
    await Promise.all(bots.map((bot) => bot[Symbol.asyncDispose]()))
    await telegram[Symbol.asyncDispose]()
  })
  const newBot = () => {
    const { apiRoot } = telegram
    const bot = new Bot(`42:${secret}`, {
      apiRoot,
      logger,
      retryAfter: { attempts: 0 },
      onCall: (call, next) => {
        // the bot's own parameters
        const params = { ...call.params } as Call["params"]
        calls.push({ method: call.method, params, at: performance.now() })
        return next(call)
      },
    })
    bots.push(bot)
    return bot
  }
  const start = async (options: Partial<PollingOptions> = {}) => {
    const polling = await Polling.start({ bot: newBot(), queue, logger, ...options })
    running.push(polling)
    return polling
  }
  const begun = (method: string) => calls.filter((call) => call.method === method)
  return { telegram, queue, logger, start, newBot, begun }
}
