import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test, type TestContext } from "vitest"
import { type SimulatedUser, Simulator } from "@sounder/simulator"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/counting-bot.mjs", import.meta.url))
const chats = 25
const messagesEach = 40

describe.concurrent("kill -9 in the middle of 1,000 updates, then a start", () => {
  for (const way of ["strict", "webhook"]) {
    test(`by ${way}: every update is handled at least once, each chat in order`, async ({
      onTestFinished,
    }) => {
      const { users, handled } = await killed(way, onTestFinished)
      const numbers = Array.from({ length: messagesEach }, (_, n) => String(n))
      for (const user of users) expect(firstTimes(handled, user)).toEqual(numbers)
    })
  }

  test("by polling: each chat is in order, and only updates acknowledged early are lost", async ({
    onTestFinished,
  }) => {
    const { users, handled, acknowledged } = await killed("polling", onTestFinished)
    for (const user of users) {
      const mine = firstTimes(handled, user).map(Number)
      expect(mine).toEqual(mine.toSorted((one, other) => one - other))
      // Telegram numbers the messages of all chats together.
      const missing = Array.from({ length: messagesEach }, (_, n) => n).filter(
        (n) => !mine.includes(n),
      )
      for (const n of missing) expect(n * chats).toBeLessThan(acknowledged)
    }
  })
})

/** Kills a bot in the middle of its updates, and lets the next one handle the rest. */
async function killed(way: string, atEnd: TestContext["onTestFinished"]) {
  await using telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "counting_bot" })
  const log = join(await mkdtemp(join(tmpdir(), "sounder-")), "handled")
  const args = [way, account.token, telegram.apiRoot, log, `${await freePort()}`]
  const start = botStarter(args, atEnd)
  const users = Array.from({ length: chats }, (_, n) => telegram.user({ first_name: `U${n}` }))
  for (let n = 0; n < messagesEach; n++) {
    for (const user of users) await user.send(account, String(n))
  }
  const first = await start()
  await untilTrue(async () => (await lines(log)).length >= 300)
  first.kill("SIGKILL")
  await once(first, "exit")
  const all = chats * messagesEach
  expect((await lines(log)).length).toBeLessThan(all)
  const acknowledged = all - (await pendingAt(telegram.apiRoot, account.token))
  const second = await start()
  const isEmpty = async () => (await pendingAt(telegram.apiRoot, account.token)) === 0
  await untilTrue(isEmpty, 90_000)
  second.kill("SIGTERM")
  await once(second, "exit")
  return { users, acknowledged, handled: await lines(log) }
}

/** Returns the texts of a person's messages, each at its first handling. */
function firstTimes(handled: readonly string[], user: SimulatedUser): (string | undefined)[] {
  const mine = handled.filter((line) => line.startsWith(`${user.id} `))
  return [...new Set(mine)].map((line) => line.split(" ")[1])
}

/** Returns a function that starts bots. Concurrent tests each pass their own `onTestFinished`. */
function botStarter(
  args: string[],
  atEnd: TestContext["onTestFinished"],
): () => Promise<ChildProcess> {
  return async () => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    atEnd(() => void child.kill("SIGKILL"))
    await once(child.stdout, "data")
    return child
  }
}

async function lines(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "")
  return text.split("\n").filter((line) => line !== "")
}

/** Returns the number of updates that Telegram keeps for the bot. */
async function pendingAt(apiRoot: string, token: string): Promise<number> {
  const response = await fetch(`${apiRoot}/bot${token}/getWebhookInfo`)
  // the simulator's own answer
  const { result } = (await response.json()) as { result: { pending_update_count: number } }
  return result.pending_update_count
}
