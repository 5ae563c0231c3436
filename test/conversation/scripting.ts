import { afterEach, beforeEach, vi } from "vitest"
import { Bot, type ApiCall } from "../../src/bot/index.js"
import type { ScriptedConversation } from "../../src/conversation/index.js"
import { Dispatcher, type DispatcherOptions, filters } from "../../src/dispatch/index.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import type { Update } from "../../src/telegram/types.js"
import { textIn } from "../support/dispatched.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { token } from "../support/updates.js"

/** A conversation of any data. */
type AnyConversation = Pick<ScriptedConversation, "name" | "mount">

/** Returns the functions of a test file whose time stands still. */
export function scriptingEach() {
  const stage = {
    queue: new MemoryQueue() as UpdateQueue & AsyncDisposable,
    logger: new RecordingLogger(),
    /** The texts of the messages, and the names of the other calls. */
    said: [] as string[],
    calls: [] as ApiCall[],
    /** Answers a call. */
    answer: (_call: ApiCall): unknown => ({ message_id: stage.calls.length }),
  }
  const running: Dispatcher[] = []
  const bot = new Bot(token, {
    me: { id: 110, is_bot: true, first_name: "Bot", username: "Suite_Bot" } as never,
    onCall: async (call) => {
      const result = stage.answer(call)
      stage.calls.push(call)
      stage.said.push(textOf(call))
      return result
    },
  })
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] })
    vi.setSystemTime("2027-03-01T00:00:00Z")
    stage.queue = new MemoryQueue()
    stage.logger = new RecordingLogger()
    stage.said = []
    stage.calls = []
    stage.answer = () => ({ message_id: stage.calls.length })
  })
  afterEach(async () => {
    await stop()
    vi.useRealTimers()
    await stage.queue[Symbol.asyncDispose]()
  })

  /** Starts a program with conversations, and with handlers outside of them. */
  function run(
    conversations: readonly AnyConversation[],
    options: Partial<DispatcherOptions> = {},
  ) {
    const { queue, logger } = stage
    const dispatcher = new Dispatcher({ bot, queue, logger, ...options })
    for (const conversation of conversations) conversation.mount(dispatcher)
    const outside = (text: string) => void stage.said.push(`(${text})`)
    dispatcher.on(filters.text, (ctx) => outside(ctx.message.text))
    dispatcher.callbackQuery((ctx) => outside(`pressed ${ctx.callbackQuery.data}`))
    dispatcher.start()
    running.push(dispatcher)
    return dispatcher
  }

  async function stop(): Promise<void> {
    for (const dispatcher of running.splice(0)) await dispatcher.stop({ deadlineMs: 0 })
  }

  async function put(update: Update): Promise<void> {
    await stage.queue.put({ botId: bot.id, update })
  }

  /** Puts texts into Ada's chat, one after the other. */
  async function say(...texts: string[]): Promise<void> {
    for (const text of texts) await put(textIn(7, text))
  }

  /** Lets time pass, and the handlers of what is due then run. */
  async function pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms)
    await settle()
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  }

  async function stored(name = "register", key = "7:7"): Promise<unknown> {
    const space = `conversation ${name}`
    const [entry] = (await stage.queue.state?.read([{ botId: bot.id, space, key }])) ?? []
    return entry && (JSON.parse(entry.json) as unknown)
  }

  return { stage, bot, run, stop, put, say, pass, settle, stored }
}

/** Returns the text of a message, or the method of another call. */
function textOf({ method, params }: ApiCall): string {
  const text: unknown = params && Reflect.get(params, "text")
  return typeof text === "string" ? text : method
}
