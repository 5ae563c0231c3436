import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest"
import { Bot } from "../src/bot/index.js"
import { createCertificate } from "../src/certificate/index.js"
import { filters } from "../src/dispatch/index.js"
import { silentLogger } from "../src/ground/logger.js"
import { MemoryQueue } from "../src/queue/index.js"
import { WebhookServer } from "../src/node-server/webhook-server.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { Conflict, SounderError, Unauthorized } from "../src/telegram/errors.js"
import { Updater } from "../src/updater.js"
import { freePort, portOf } from "./support/free-port.js"
import { deferred, untilTrue } from "./support/waiting.js"

let telegram: Simulator
let account: SimulatedBot
let updater: Updater

beforeEach(async () => {
  telegram = await Simulator.start({ local: true })
  account = telegram.bot({ username: "updater_bot" })
  updater = updaterOf(account.token)
})

afterEach(async () => {
  await updater.stop({ deadlineMs: 100 })
  await telegram[Symbol.asyncDispose]()
})

describe("the constructor", () => {
  test("a missing token is reported, with where to get one", () => {
    expect(() => new Updater({ token: undefined })).toThrow(TypeError)
    expect(() => new Updater({ token: undefined })).toThrow(/token.*@BotFather/)
  })

  test("a token together with a bot is a mistake", () => {
    expect(() => new Updater({ token: account.token, bot: updater.bot })).toThrow(TypeError)
  })

  test.each([[() => account.token], [() => ({})], [() => Bot], [() => null]])(
    "a value other than a bot is a mistake that names the option `token`",
    (value) => {
      const bot = value() as never
      expect(() => new Updater({ bot })).toThrow(TypeError)
      expect(() => new Updater({ bot })).toThrow(/`bot` option.*`new Updater\(\{ token \}\)`/)
      expect(() => new Updater({ bot })).not.toThrow(account.token)
    },
  )

  test("a receiver needs a queue that workers share", () => {
    const { token } = account
    expect(() => new Updater({ token, receiveOnly: true })).toThrow(/`queue`.*`receiveOnly`/)
    const queue = new MemoryQueue()
    expect(() => new Updater({ token, queue, receiveOnly: true })).toThrow(TypeError)
  })

  test("the limits reach the dispatcher", () => {
    expect(() => new Updater({ bot: updater.bot, concurrency: 0 })).toThrow(/`concurrency`/)
  })

  test("the secret is a function of the token, and valid for Telegram", () => {
    expect(updater.secretToken).toMatch(/^[A-Za-z0-9_-]{1,256}$/)
    expect(updaterOf(account.token).secretToken).toBe(updater.secretToken)
    expect(updaterOf("1:other").secretToken).not.toBe(updater.secretToken)
    expect(updater.secretToken).not.toContain(account.token.slice(-10))
  })
})

describe("a start", () => {
  test("rejects while the updater runs, and changes nothing", async () => {
    await updater.startPolling()
    await expect(updater.startPolling()).rejects.toMatchObject({ code: "already-running" })
    await expect(updater.startWebhook({ port: 0 })).rejects.toMatchObject({
      code: "already-running",
    })
    expect(updater.isRunning).toBe(true)
    await hearsEcho()
  })

  test("with a wrong token rejects and leaves nothing running", async () => {
    const wrong = updaterOf("123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    await expect(wrong.startPolling()).rejects.toBeInstanceOf(Unauthorized)
    const url = `http://127.0.0.1:${await freePort()}/hook`
    await expect(wrong.startWebhook({ port: 0, webhookUrl: url })).rejects.toBeInstanceOf(
      Unauthorized,
    )
    expect(wrong.isRunning).toBe(false)
    expect(wrong.dispatcher.isRunning).toBe(false)
  })

  test("that failed can be repeated", async () => {
    const taken = createServer().listen(0, "127.0.0.1")
    await once(taken, "listening")
    const start = { port: portOf(taken) }
    await expect(updater.startWebhook(start)).rejects.toMatchObject({ code: "listen-failed" })
    taken.close()
    await once(taken, "close")
    expect((await updater.startWebhook(start)).port).toBe(start.port)
  })

  test("without a webhook URL makes no call to Telegram", async () => {
    await updater.startWebhook({ port: 0, urlPath: "hook" })
    expect(telegram.calls.length).toBe(0)
  })

  test("with a certificate for another host never calls setWebhook", async () => {
    const { key, cert } = await createCertificate("other.example.com")
    const webhookUrl = "https://bot.example.com:8443/hook"
    const start = updater.startWebhook({ port: 0, key, cert, webhookUrl })
    await expect(start).rejects.toMatchObject({ code: "certificate-mismatch" })
    await expect(start).rejects.toThrow(/other\.example\.com.*bot\.example\.com/s)
    expect(telegram.calls.length).toBe(0)
  })

  test("asks only for the update types of the handlers", async () => {
    updater.dispatcher.callbackQuery("press", () => {})
    updater.dispatcher.on(filters.text, () => {})
    await updater.startWebhook({ port: 0, webhookUrl: `http://127.0.0.1:${await freePort()}/` })
    const { allowed_updates } = await updater.bot.getWebhookInfo()
    expect(allowed_updates).toEqual(["message", "callback_query"])
  })
})

describe("a stop", () => {
  test("before a start, or repeated, has no effect", async () => {
    const nothing = { handled: [], handedBack: [], unknown: [] }
    expect(await updater.stop()).toEqual(nothing)
    await updater.startPolling()
    const [first, second] = await Promise.all([updater.stop(), updater.stop()])
    expect(first).toEqual(nothing)
    expect(second).toBe(first)
    expect(await updater.stop()).toEqual(nothing)
  })

  test("during a start ends the start", async () => {
    telegram.fault("deleteWebhook", "silence")
    const start = updater.startPolling()
    const failed = expect(start).rejects.toMatchObject({ code: "not-running" })
    await updater.stop()
    await failed
    expect(updater.isRunning).toBe(false)
  })

  test("resolves `ended`", async () => {
    await updater.startPolling()
    const ended = updater.ended
    await updater.stop()
    await expect(ended).resolves.toBeUndefined()
  })

  test("leaves the webhook registered, and the next start handles the updates sent meanwhile", async () => {
    const port = await freePort()
    const start = { port, urlPath: "hook", webhookUrl: `http://127.0.0.1:${port}/hook` }
    await updater.startWebhook(start)
    await updater.stop()
    expect((await updater.bot.getWebhookInfo()).url).toBe(start.webhookUrl)
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "while it was down")
    echo(updater)
    await updater.startWebhook(start)
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe("while it was down")
  })

  test("between webhook and polling and back loses and repeats nothing", async () => {
    const ada = telegram.user({ first_name: "Ada" })
    const heard: string[] = []
    updater.dispatcher.on(filters.text, (ctx) => void heard.push(ctx.message.text))
    const port = await freePort()
    const webhook = { port, urlPath: "hook", webhookUrl: `http://127.0.0.1:${port}/hook` }
    for (const start of [() => updater.startPolling(), () => updater.startWebhook(webhook)]) {
      for (const round of ["first", "second"]) {
        await ada.send(account, `before the ${round} start`)
        await start()
        await ada.send(account, `after the ${round} start`)
        await untilTrue(() => account.pendingUpdateCount === 0)
        await updater.stop()
      }
    }
    expect(heard).toHaveLength(8)
    expect(heard.slice(4)).toEqual(heard.slice(0, 4))
  })

  test("does not wait for a lock beyond the deadline", async () => {
    await updater.startPolling({ standby: { acquire: () => new Promise(() => {}) } })
    const startedAt = performance.now()
    await updater.stop({ deadlineMs: 600 })
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })

  test("aborts a handler at the deadline, and reports its update", async () => {
    const began = deferred()
    const aborted = deferred()
    updater.dispatcher.on(filters.text, async (ctx) => {
      ctx.signal.addEventListener("abort", () => aborted.resolve())
      began.resolve()
      await new Promise((resolve) => setTimeout(resolve, 1_500))
    })
    await updater.startPolling()
    await telegram.user({ first_name: "Ada" }).send(account, "take your time")
    await began.promise
    const verdict = await updater.stop({ deadlineMs: 50 })
    await aborted.promise
    expect([...verdict.handedBack, ...verdict.unknown]).toHaveLength(1)
  })
})

describe("a running updater", () => {
  test("ends with the reason when its token is revoked", async () => {
    updater.dispatcher.on(filters.text, () => {})
    await updater.startPolling()
    telegram.fault("getUpdates", { status: 401 }, 1_000)
    await telegram.user({ first_name: "Ada" }).send(account, "wakes the poll")
    await expect(updater.ended).rejects.toBeInstanceOf(Unauthorized)
    await untilTrue(() => !updater.isRunning && !updater.dispatcher.isRunning)
  })

  test("that polls also asks for the update types of a handler added later", async () => {
    updater.dispatcher.command("menu", (ctx) =>
      ctx.reply("Menu", {
        reply_markup: { inline_keyboard: [[{ text: "Go", callback_data: "go" }]] },
      }),
    )
    await updater.startPolling()
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "/menu")
    const menu = await ada.hears()
    updater.dispatcher.callbackQuery("go", (ctx) => ctx.answer("gone"))
    // The pending `getUpdates` call may name the earlier update types, and a call is listed when it has ended.
    await untilTrue(async () => {
      await ada.send(account, "ends that call")
      return [...telegram.calls].some(
        ({ params }) => params.allowed_updates?.includes("callback_query") === true,
      )
    })
    const press = await ada.press(menu, "Go")
    expect(await press.answered).toMatchObject({ text: "gone" })
  })

  test("waits for another poller, and takes over from it", async () => {
    const other = updaterOf(account.token)
    echo(updater)
    echo(other)
    await updater.startPolling()
    await other.startPolling()
    await telegram.calls.wait(({ status }) => status === 409)
    const ada = telegram.user({ first_name: "Ada" })
    await other.stop()
    await ada.send(account, "who is there?")
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe("who is there?")
  })

  test("can share one server and one port with others", async () => {
    const port = await freePort()
    const server = new WebhookServer({ listen: "127.0.0.1", port })
    const bots = ["sales", "support"].map((name) => {
      const own = telegram.bot({ username: `${name}_bot` })
      return { name, own, updater: updaterOf(own.token) }
    })
    for (const { name, updater: one } of bots) {
      one.dispatcher.on(filters.text, (ctx) => ctx.reply(`${name}: ${ctx.message.text}`))
      await one.startWebhook({
        server,
        urlPath: name,
        webhookUrl: `http://127.0.0.1:${port}/${name}`,
      })
    }
    const ada = telegram.user({ first_name: "Ada" })
    for (const { name, own } of bots) {
      await ada.send(own, "hello")
      expect((await ada.hears()).text).toBe(`${name}: hello`)
    }
    await bots[0]?.updater.stop()
    await ada.send(bots[1]?.own ?? account, "still there?")
    expect((await ada.hears()).text).toBe("support: still there?")
    await bots[1]?.updater.stop()
  })

  test("lets the handler finish on SIGTERM, without a second signal", async () => {
    const program = fileURLToPath(new URL("guarantees/programs/running-bot.mjs", import.meta.url))
    const args = [program, account.token, telegram.apiRoot, "2000"]
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
    onTestFinished(() => void child.kill("SIGKILL"))
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "one")
    const printed: string[] = []
    for await (const line of createInterface(child.stdout)) {
      printed.push(line)
      if (line === "handling one") child.kill("SIGTERM")
    }
    if (child.exitCode === null) await once(child, "exit")
    expect(child.exitCode).toBe(0)
    expect((await ada.hears()).text).toBe("one")
    expect(printed.at(-1)).toMatch(/^verdict .*"handled":\[\{"botId":\d+,"updateId":\d+\}\]/)
    expect(account.pendingUpdateCount).toBe(0)
  })

  test.each([
    ["that nothing watches", "", 1],
    ["that is run", "run", 1],
    ["whose program watches the end itself", "ended", 0],
  ])(
    "a bot %s ends with an exit code for a supervisor when its token is refused",
    async (_name, watching, code) => {
      const program = fileURLToPath(new URL("guarantees/programs/readme-bot.mjs", import.meta.url))
      const child = spawn(process.execPath, [program, watching], {
        stdio: "ignore",
        env: { ...process.env, BOT_TOKEN: account.token, TELEGRAM_API_ROOT: telegram.apiRoot },
      })
      onTestFinished(() => void child.kill("SIGKILL"))
      telegram.fault("getUpdates", { status: 401 }, 1_000)
      await once(child, "exit")
      expect(child.exitCode).toBe(code)
    },
  )

  test("all errors have one base class", async () => {
    await expect(
      new Updater({ bot: updater.bot, queue: new MemoryQueue() }).startWebhook({ port: -1 }),
    ).rejects.toBeInstanceOf(TypeError)
    expect(new Conflict({ method: "getUpdates", errorCode: 409, description: "" })).toBeInstanceOf(
      SounderError,
    )
  })
})

function updaterOf(token: string): Updater {
  const bot = new Bot(token, { apiRoot: telegram.apiRoot, localMode: true })
  return new Updater({ bot, logger: silentLogger })
}

function echo({ dispatcher }: Updater): void {
  dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
}

async function hearsEcho(): Promise<void> {
  echo(updater)
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "echo")
  expect((await ada.hears()).text).toBe("echo")
}
