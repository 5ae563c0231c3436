import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Simulator } from "@sounder/simulator"
import { beforeAll, describe, expect, test } from "vitest"
import { migratePostgresQueue } from "../../../src/queue/postgres/index.js"
import { built } from "../../support/built.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"
import { messageOf, updateWith } from "../../support/updates.js"
import { untilTrue } from "../../support/waiting.js"

const program = fileURLToPath(new URL("programs/slow-bot.mjs", import.meta.url))
/** The limit of an answer in milliseconds: a second on an idle machine, and more on a busy one. */
const soonMs = 5_000

describe("two processes of one bot", { ...withPostgres, timeout: 120_000 }, () => {
  const stage = stageOfFile()
  const running: ChildProcess[] = []

  beforeAll(built)

  /** Ends all processes. */
  async function end(): Promise<void> {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null) continue
      child.kill("SIGTERM")
      await once(child, "exit")
    }
  }

  /** Starts a process of the bot. Resolves when it is ready. */
  async function start(environment: Record<string, string>, said: string[]): Promise<void> {
    const stdio = ["ignore", "pipe", "inherit"] as const
    const env = { ...process.env, ...environment }
    const child = spawn(process.execPath, [program], { stdio: [...stdio], env })
    running.push(child)
    createInterface({ input: child.stdout }).on("line", (line) => void said.push(line))
    await untilTrue(() => said.includes(`${environment["NAME"]} ready`))
  }

  test("answer queries and a stop soon while a handler of one of them takes a minute", async () => {
    await using telegram = await Simulator.start({ local: true })
    await using _bots = { [Symbol.asyncDispose]: end }
    const account = telegram.bot({ username: "slow_bot" })
    const ada = telegram.user({ first_name: "Ada" })
    const schema = stage.newSchema()
    await migratePostgresQueue(stage.pool, { schema })
    const { token: BOT_TOKEN } = account
    const place = { BOT_TOKEN, TELEGRAM_API_ROOT: telegram.apiRoot, DATABASE_URL: stage.server.url }
    const environment = { ...place, SCHEMA: schema }
    const said: string[] = []

    // A bot can only write to a person who has started it.
    await ada.send(account, "/start")
    await start({ ...environment, NAME: "a" }, said)
    const from = { id: ada.id, is_bot: false, first_name: "Ada" }
    const chat = { id: ada.id, type: "private" as const, first_name: "Ada" }
    await using queue = stage.open({ schema, migrate: false })
    const botId = Number(BOT_TOKEN.split(":")[0])
    const update = updateWith({ message: messageOf({ from, chat, text: "a long question" }) })
    await queue.put({ botId, update })
    const draft = await ada.seesDraft()
    await untilTrue(() => said.includes("a began"))
    // Only this process polls, so that it puts the updates that interrupt the handler of the other process.
    await start({ ...environment, NAME: "b", POLLS: "true" }, said)

    const beganMs = performance.now()
    const checkout = { id: "p", currency: "XTR", total_amount: 1, invoice_payload: "p" }
    account.push({ pre_checkout_query: { ...checkout, from } })
    account.push({ inline_query: { id: "i", from, query: "", offset: "" } })
    account.push({ widget_query: { id: "w", from, chat, message_id: 1, data: "x" } } as object)
    const paid = { currency: "XTR", total_amount: 1, invoice_payload: "p" }
    account.push({
      message: { message_id: 9, date: 1, chat, from, successful_payment: paid },
    } as object)
    const handled = (what: string) => said.some((line) => line.endsWith(` ${what}`))
    await untilTrue(() => ["checkout", "inline", "widget"].every(handled))
    expect(performance.now() - beganMs).toBeLessThan(soonMs)
    expect(handled("paid")).toBe(false)

    const stoppedMs = performance.now()
    await ada.stop(draft)
    await untilTrue(() => ["paid", "stopped"].every(handled))
    expect(performance.now() - stoppedMs).toBeLessThan(soonMs)
    expect(said).toContain("a Interrupted")
    expect(said).not.toContain("a ended")
  })
})
