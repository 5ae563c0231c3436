import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest"
import { createCertificate } from "../../../src/certificate/index.js"
import { Simulator, type SimulatedBot, type SimulatedUser } from "../../src/index.js"
import { freePort } from "../../../test/support/free-port.js"
import { peersFolder, requirePackages } from "../../../test/support/peers.js"
import { requireServer } from "../../../test/support/real-servers.js"
import { requirePythonTelegramBot } from "../../../test/support/require-python.js"

type Mode = "polling" | "webhook" | "tls"

interface Framework {
  readonly name: string
  readonly program: string
  /** Returns the interpreter. Skips the test if the framework is not available. */
  readonly require: (context: TestContext) => string
}

const fromNpm = (context: TestContext) => {
  requirePackages(context)
  return process.execPath
}
const telegraf = { name: "Telegraf", program: "telegraf-bot.mjs", require: fromNpm }
const pythonTelegramBot = {
  name: "python-telegram-bot",
  program: "python_telegram_bot.py",
  require: requirePythonTelegramBot,
}
const frameworks: readonly Framework[] = [
  { name: "grammY", program: "grammy-bot.mjs", require: fromNpm },
  telegraf,
  { name: "GramIO", program: "gramio-bot.mjs", require: fromNpm },
  {
    name: "node-telegram-bot-api",
    program: "node-telegram-bot-api-bot.mjs",
    require: fromNpm,
  },
  pythonTelegramBot,
]

describe.each(named(frameworks))("a bot written with %s", (_, framework) => {
  describe.each(["polling", "webhook"] as const)("receives by %s and", (mode) => {
    itsBehaviour(() => Stage.start(mode), framework)
  })
})

describe.each(named([telegraf, pythonTelegramBot]))(
  "a bot written with %s, with a TLS webhook of its own",
  (_, framework) => {
    describe("uploads what createCertificate makes, for a name, and", () => {
      itsBehaviour(() => Stage.startTls("bot1.example.com", createdCertificate), framework)
    })
    describe("uploads what createCertificate makes, for an address, and", () => {
      itsBehaviour(() => Stage.startTls("203.0.113.7", createdCertificate), framework)
    })
    describe("uploads what openssl makes with a common name only, and", () => {
      itsBehaviour(() => Stage.startTls("bot1.example.com", classicCertificate), framework)
    })
  },
)

function named(list: readonly Framework[]) {
  return list.map((framework) => [framework.name, framework] as const)
}

/** Describes the behaviour of a framework, in each mode. */
function itsBehaviour(begin: () => Promise<Stage>, framework: Framework): void {
  let stage: Stage
  let ada: SimulatedUser

  beforeAll(async () => {
    stage = await begin()
  })

  afterAll(() => stage[Symbol.asyncDispose]())

  // The first test may have to install the frameworks.
  const behaves = (name: string, run: (context: TestContext) => Promise<void>) =>
    test(name, { timeout: 180_000 }, async (context) => {
      await stage.run(framework, context)
      ada = stage.telegram.user({ first_name: "Ada" })
      await run(context)
    })

  const says = async (text: string) => {
    await ada.send(stage.account, text)
    return stage.eventually(ada.hears({ timeoutMs: 60_000 }))
  }

  behaves("greets with a button, and its press is answered and changes the message", async () => {
    const greeting = await says("/start")
    expect(greeting.text).toBe("Hello, Ada!")
    const press = await ada.press(greeting, "Press")
    expect(await stage.eventually(press.answered)).toMatchObject({ text: "Thank you" })
    const edited = await stage.eventually(ada.seesEdit())
    expect(edited).toMatchObject({ message_id: greeting.message_id, text: "Pressed" })
    expect(edited.reply_markup).toBeUndefined()
  })

  behaves("repeats a text letter for letter", async () => {
    const text = 'Grüße, 世界 🎉 <b>&amp;</b> *_"\\'
    expect((await says(text)).text).toBe(text)
  })

  behaves("downloads a photo", async () => {
    await ada.send(stage.account, { photo: randomBytes(54_321) })
    const { text } = await stage.eventually(ada.hears({ timeoutMs: 60_000 }))
    expect(text).toBe("54321 bytes")
  })

  behaves("uploads a photo", async () => {
    const { photo, caption } = await says("/photo")
    expect(photo).toEqual([expect.objectContaining({ width: 1, height: 1, file_size: 70 })])
    expect(caption).toBe("A photo")
  })

  behaves("uploads a document", async () => {
    const { document } = await says("/document")
    expect(document).toMatchObject({ file_name: "report.txt", file_size: "A report".length })
  })

  behaves("uploads an album", async () => {
    const first = await says("/album")
    const second = await stage.eventually(ada.hears())
    expect(first).toMatchObject({ caption: "An album", photo: [{ width: 1 }] })
    expect(second.media_group_id).toBe(first.media_group_id)
    expect(second).toMatchObject({ photo: [{ width: 1 }] })
  })

  behaves("is refused nothing", async () => {
    const { calls, deliveries } = stage.telegram
    await says("the last word")
    const own = calls.filter(({ botId }) => botId === stage.account.id)
    expect(own.filter(({ status }) => status !== 200)).toEqual([])
    // Some frameworks register before they listen: Telegram repeats the delivery.
    const failed = deliveries.filter(({ outcome }) => outcome !== "delivered")
    expect(failed.filter(({ error }) => error !== "Connection refused")).toEqual([])
    expect(deliveries.length > 0).toBe(stage.mode !== "polling")
  })
}

/** A simulator and a bot in another process. */
class Stage implements AsyncDisposable {
  readonly telegram: Simulator
  readonly account: SimulatedBot
  readonly mode: Mode
  readonly #environment: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #output = ""
  #ended: Promise<never> | undefined
  #folder: string | undefined
  #writeCertificate: ((context: TestContext) => Promise<void>) | undefined

  private constructor(mode: Mode, telegram: Simulator, environment: Record<string, string>) {
    this.mode = mode
    this.telegram = telegram
    this.account = telegram.bot({ username: "peer_bot" })
    this.#environment = environment
  }

  /** Starts a simulator with plain HTTP, as a Bot API server with `--local`. */
  static async start(mode: Mode): Promise<Stage> {
    const telegram = await Simulator.start({ local: true })
    return new Stage(mode, telegram, { PORT: String(await freePort()) })
  }

  /** Starts a simulator with the rules of the cloud: the bot's server has a public name. */
  static async startTls(
    host: string,
    write: (host: string, folder: string, context: TestContext) => Promise<void>,
  ): Promise<Stage> {
    const port = await freePort()
    const folder = await mkdtemp(join(tmpdir(), "sounder-peer-"))
    const telegram = await Simulator.start({ hosts: { [`${host}:8443`]: `127.0.0.1:${port}` } })
    const stage = new Stage("tls", telegram, {
      PORT: String(port),
      WEBHOOK_URL: `https://${host}:8443/hook`,
      CERT: join(folder, "cert.pem"),
      KEY: join(folder, "private.key"),
    })
    stage.#folder = folder
    stage.#writeCertificate = (context) => write(host, folder, context)
    return stage
  }

  /** Starts the bot, unless it is running. */
  async run(framework: Framework, context: TestContext): Promise<void> {
    if (this.#child !== undefined) return
    const interpreter = framework.require(context)
    await this.#writeCertificate?.(context)
    const env = { ...process.env, ...this.#environment, MODE: this.mode }
    const addresses = { BOT_TOKEN: this.account.token, TELEGRAM_API_ROOT: this.telegram.apiRoot }
    this.#child = spawn(interpreter, [framework.program], {
      cwd: peersFolder,
      env: { ...env, ...addresses },
      stdio: ["ignore", "pipe", "pipe"],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (bytes: Buffer) => (this.#output += bytes.toString()))
    }
    this.#ended = once(this.#child, "exit").then(([status]) => {
      throw new Error(`The bot ended with ${status}:\n${this.#output}`)
    })
    this.#ended.catch(() => {})
  }

  /**
   * Resolves with a result of the bot. Rejects with the bot's output if the bot ends or the result
   * does not come.
   */
  async eventually<T>(promise: Promise<T>): Promise<T> {
    try {
      return await Promise.race([promise, this.#ended ?? promise])
    } catch (error) {
      throw new Error(`${String(error)}\n${this.#output}`, { cause: error })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.kill("SIGKILL")
    await this.#ended?.catch(() => {})
    await this.telegram[Symbol.asyncDispose]()
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true })
  }
}

async function createdCertificate(host: string, folder: string): Promise<void> {
  const { key, cert } = await createCertificate(host)
  await writeFile(join(folder, "private.key"), key)
  await writeFile(join(folder, "cert.pem"), cert)
}

// The command of every guide to self-signed certificates.
async function classicCertificate(
  host: string,
  folder: string,
  context: TestContext,
): Promise<void> {
  const openssl = requireServer("openssl", context)
  const line =
    "req -newkey rsa:2048 -sha256 -nodes -x509 -days 365 -keyout private.key -out cert.pem"
  const args = [...line.split(" "), "-subj", `/CN=${host}`]
  execFileSync(openssl, args, { cwd: folder, stdio: "ignore" })
}
