import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, onTestFinished, test } from "vitest"
import { Simulator } from "@sounder/simulator"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/counting-bot.mjs", import.meta.url))
const chats = 25
const messagesEach = 40

describe.concurrent("kill -9 in the middle of 1,000 updates, then a start", () => {
  for (const way of ["polling", "webhook"]) {
    test(
      `by ${way}: every update is handled at least once, each chat in order`,
      { timeout: 120_000 },
      async () => {
        await using telegram = await Simulator.start({ local: true })
        const account = telegram.bot({ username: "counting_bot" })
        const log = join(await mkdtemp(join(tmpdir(), "sounder-")), "handled")
        const start = botStarter([way, account.token, telegram.apiRoot, log, `${await freePort()}`])
        const users = Array.from({ length: chats }, (_, n) =>
          telegram.user({ first_name: `U${n}` }),
        )
        for (let n = 0; n < messagesEach; n++) {
          for (const user of users) await user.send(account, String(n))
        }

        const first = await start()
        await untilTrue(async () => (await lines(log)).length >= 300, 60_000)
        first.kill("SIGKILL")
        await once(first, "exit")
        const atKill = (await lines(log)).length
        const second = await start()
        await untilTrue(async () => nothingPending(telegram.apiRoot, account.token), 90_000)
        second.kill("SIGTERM")

        const handled = await lines(log)
        const numbers = Array.from({ length: messagesEach }, (_, n) => String(n))
        expect(atKill).toBeLessThan(chats * messagesEach)
        for (const user of users) {
          const mine = handled.filter((line) => line.startsWith(`${user.id} `))
          const firstTimes = [...new Set(mine)].map((line) => line.split(" ")[1])
          expect(firstTimes).toEqual(numbers)
        }
      },
    )
  }
})

function botStarter(args: string[]): () => Promise<ChildProcess> {
  return async () => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    onTestFinished(() => void child.kill("SIGKILL"))
    await once(child.stdout, "data")
    return child
  }
}

async function lines(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "")
  return text.split("\n").filter((line) => line !== "")
}

/** Whether Telegram has been told to forget everything. */
async function nothingPending(apiRoot: string, token: string): Promise<boolean> {
  const response = await fetch(`${apiRoot}/bot${token}/getWebhookInfo`)
  const { result } = (await response.json()) as { result: { pending_update_count: number } }
  return result.pending_update_count === 0
}
