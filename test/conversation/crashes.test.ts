import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, expect, onTestFinished, test } from "vitest"
import { Conversation } from "../../src/conversation/index.js"
import { Dispatcher, filters } from "../../src/dispatch/index.js"
import { textIn } from "../support/dispatched.js"
import { built } from "../support/built.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { temporaryFolder } from "../support/temporary-folder.js"
import { keptBot } from "../support/updates.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/crashing-dialog.mjs", import.meta.url))
const folder = temporaryFolder()
const stage = stageOfFile()
beforeAll(built)

const messages = ["Which size?", "Which address?", "42 to Main St?", "Ordered."]
let runs = 0

/** Runs the program, and resolves with the signal of its end. */
async function run(settings: object): Promise<unknown> {
  const args = ["--no-warnings", program, JSON.stringify(settings)]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  const [, signal] = (await once(child, "exit")) as [unknown, unknown]
  return signal
}

test.each(messages.flatMap((message) => [{ before: message }, { after: message }]))(
  "a dialog whose process dies at %o goes on, and repeats at most the message of that step",
  async (crash) => {
    const place = String((runs += 1))
    const [path, log] = ["db", "log"].map((end) => join(folder, `${place}.${end}`))
    expect(await run({ path, log, crash })).toBe("SIGKILL")
    expect(await run({ path, log })).toBeNull()
    const said = readFileSync(log ?? "", "utf8")
      .trimEnd()
      .split("\n")
    const repeated = (message: string) => ("after" in crash && crash.after === message ? 2 : 1)
    expect(said).toEqual(
      messages.flatMap((message) => Array.from({ length: repeated(message) }, () => message)),
    )
  },
)

test(
  "two machines lead the dialogs in one PostgreSQL database, and send each message once",
  withPostgres,
  async () => {
    const schema = stage.newSchema()
    const queues = [stage.open({ schema }), stage.open({ schema })]
    const { bot, calls } = keptBot()
    const dispatchers = queues.map((queue) => {
      const dispatcher = new Dispatcher({ bot, queue })
      const count = new Conversation("count", { states: ["one", "two", "three"] })
      count.entryPoints.command("order", (ctx) => ctx.dialog.enter("one"))
      for (const [state, next] of [
        ["one", "two"],
        ["two", "three"],
        ["three", undefined],
      ] as const) {
        count.entering(state, (ctx) => ctx.reply(state))
        count.state(state).on(filters.text, (ctx) => {
          if (next) ctx.dialog.to(next)
          else {
            ctx.dialog.end()
            return ctx.reply("end")
          }
        })
      }
      count.mount(dispatcher)
      dispatcher.start()
      return dispatcher
    })
    const chats = Array.from({ length: 20 }, (_, index) => index + 1)
    for (const text of ["/order", "a", "b", "c"]) {
      await Promise.all(
        chats.map(async (chat, index) => {
          const queue = queues[(index + text.length) % 2]
          await queue?.put({ botId: bot.id, update: textIn(chat, text) })
        }),
      )
    }
    await untilTrue(() => calls.length >= 80)
    for (const dispatcher of dispatchers) await dispatcher.stop()
    for (const chat of chats) {
      const texts = calls
        .map(({ params }) => params as { chat_id: number; text: string })
        .filter(({ chat_id: id }) => id === chat)
      expect(texts.map(({ text }) => text)).toEqual(["one", "two", "three", "end"])
    }
    for (const queue of queues) await queue[Symbol.asyncDispose]()
  },
)
