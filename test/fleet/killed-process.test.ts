import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, expect, onTestFinished, test } from "vitest"
import { Simulator } from "@sounder/simulator"
import { Bot } from "../../src/bot/index.js"
import { SqliteBotStore } from "../../src/fleet/store/index.js"
import { findSqlite } from "../../src/queue/sqlite/sqlite-driver.js"
import { built } from "../support/built.js"
import { freePort } from "../support/free-port.js"
import { temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/fleet-process.mjs", import.meta.url))

beforeAll(built)

/** A process of a fleet. */
class FleetProcess {
  readonly #child: ChildProcess

  constructor(settings: object) {
    this.#child = fork(program, [JSON.stringify(settings)])
    onTestFinished(() => void this.#child.kill("SIGKILL"))
  }

  /** Resolves when the fleet has started. */
  async opened(): Promise<void> {
    await once(this.#child, "message")
  }

  /** Sends a command that kills the process. */
  async die(command: string, value: unknown): Promise<void> {
    const ended = once(this.#child, "exit")
    this.#child.send({ command, value })
    expect(await ended).toEqual([null, "SIGKILL"])
  }

  /** Sends a command, and resolves with its result. */
  async ask(command: string, value?: unknown): Promise<unknown> {
    const answer = once(this.#child, "message")
    this.#child.send({ command, value })
    return (await answer)[0]
  }
}

/** A simulated Telegram with a bot and a user, and the files of a fleet. */
async function stage() {
  const telegram = await Simulator.start({ local: true })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const [account, ada] = [telegram.bot(), telegram.user()]
  const folder = temporaryFolder()
  const keys = randomBytes(32).toString("hex")
  const store = new SqliteBotStore({ path: join(folder, "bots.db"), keys })
  onTestFinished(() => store[Symbol.asyncDispose]())
  const { apiRoot } = telegram
  return {
    ...{ account, store },
    bot: new Bot(account.token, { apiRoot }),
    start: async (killAt?: string) => {
      const process = new FleetProcess({ folder, keys, apiRoot, port: await freePort(), killAt })
      await process.opened()
      return process
    },
    /** Ends the lease of the leader that was killed: it lasts for five seconds. */
    endLease: () => {
      const database = findSqlite()(join(folder, "bots.db"))
      database.exec("UPDATE fleet SET leader = NULL")
      database.close()
    },
    expectAnswer: async () => {
      await ada.send(account, "/start")
      expect((await ada.hears()).text).toBe("hello")
    },
  }
}

test.each([
  ["before getMe", false],
  ["before store.add", false],
  ["after store.add", true],
  ["before setWebhook", true],
  ["after setWebhook", true],
])(
  "a fleet whose process is killed %s adds the bot after its restart, or when it is told again",
  async (step, isStored) => {
    const { account, start, endLease, expectAnswer } = await stage()
    await (await start(step)).die("add", account.token)
    endLease()
    const next = await start()
    if (!isStored) {
      expect(await next.ask("states")).toEqual([])
      expect(await next.ask("add", account.token)).toBe(account.id)
    }
    await expectAnswer()
    // The caller that got no answer repeats its call.
    expect(await next.ask("add", account.token)).toBe(account.id)
    await untilTrue(async () => String(await next.ask("states")) === "receiving")
    await expectAnswer()
  },
)

test.each([
  ["before store.remove", false],
  ["after store.remove", true],
  ["before deleteWebhook", true],
  ["after deleteWebhook", true],
  ["after records.delete", true],
  ["before store.endRemoval", true],
  ["after store.endRemoval", true],
])(
  "a fleet whose process is killed %s removes the bot after its restart, or when it is told again",
  async (step, isStored) => {
    const { account, bot, store, start, endLease, expectAnswer } = await stage()
    await store.add([{ token: account.token }])
    const first = await start(step)
    await expectAnswer()
    await untilTrue(async () => (await first.ask("value", account.id)) === '"/start"')
    await first.die("remove", account.id)
    endLease()
    const next = await start()
    if (!isStored) {
      await expectAnswer()
      expect(await next.ask("remove", account.id)).toBe(true)
    }
    await untilTrue(async () => (await store.get(account.id)) === undefined)
    expect(await bot.getWebhookInfo()).toMatchObject({ url: "" })
    expect(await next.ask("value", account.id)).toBeNull()
    expect(await next.ask("states")).toEqual([])
    expect(await next.ask("remove", account.id)).toBe(false)
  },
)
