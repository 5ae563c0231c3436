import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { expect, test } from "vitest"
import { examine } from "../../src/doctor/index.js"
import { Simulator } from "@sounder/simulator"
import { freePort } from "../support/free-port.js"
import { peersFolder, requirePackages } from "../support/peers.js"
import { untilTrue } from "../support/waiting.js"

/** Starts a bot of another framework whose handlers match everything, and records its output. */
async function startBot(framework: string, telegram: Simulator, port: number) {
  const { token } = telegram.bot()
  const environment = {
    FRAMEWORK: framework,
    BOT_TOKEN: token,
    TELEGRAM_API_ROOT: telegram.apiRoot,
  }
  const child: ChildProcess = spawn(process.execPath, [join(peersFolder, "catch-all-bot.mjs")], {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const bot = {
    printed: "",
    failed: "",
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async [Symbol.asyncDispose]() {
      if (!bot.isRunning()) return
      child.kill("SIGKILL")
      await once(child, "close")
    },
  }
  child.stdout?.setEncoding("utf8").on("data", (text: string) => void (bot.printed += text))
  child.stderr?.setEncoding("utf8").on("data", (text: string) => void (bot.failed += text))
  await untilTrue(() => {
    if (!bot.isRunning()) throw new Error(bot.failed)
    return bot.printed.includes("listening")
  })
  return bot
}

test.for(["grammy", "telegraf", "gramio"])(
  "the doctor's requests reach no handler of %s, and an update does",
  async (framework, context) => {
    requirePackages(context)
    await using telegram = await Simulator.start({ local: true })
    const port = await freePort()
    await using bot = await startBot(framework, telegram, port)
    const url = `http://127.0.0.1:${port}/hook`
    const { findings, checks } = await examine(url, { localMode: true })
    const faults = findings.filter(({ level }) => level === "fault").map(({ code }) => code)
    expect(faults, JSON.stringify(checks, undefined, 1)).toEqual([])
    expect(bot.isRunning(), bot.failed).toBe(true)
    expect(bot.printed).not.toContain("handled")
    await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-telegram-bot-api-secret-token": "secret",
      },
      body: JSON.stringify({
        update_id: 1,
        message: { message_id: 1, date: 1, chat: { id: 1, type: "private" }, text: "hi" },
      }),
    })
    await untilTrue(() => bot.printed.includes("handled"))
  },
)
