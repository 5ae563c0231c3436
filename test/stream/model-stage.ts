import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("programs/model-bot.mjs", import.meta.url))

/** One question to the model. */
export interface Question {
  /** The request. */
  readonly body: unknown
  /** The request of `model-bot.mjs`, the dialogue: who has said what. */
  readonly turns: readonly { readonly role: "user" | "model"; readonly text: string }[]
  /** Resolves when the bot has cut the connection. */
  readonly cut: Promise<unknown>
  /** Writes a piece of the answer. */
  write(piece: string): void
  /** Ends the answer. */
  end(piece?: string): void
}

/** A language model whose answers a test writes, on a server of its own. */
export class FakeModel implements AsyncDisposable {
  readonly #server = createServer((request, response) => void this.#asked(request, response))
  readonly #questions: Question[] = []
  readonly #waiting: ((question: Question) => void)[] = []
  /** The number of questions. */
  asked = 0

  /** Starts a model. */
  static async start(): Promise<FakeModel> {
    const model = new FakeModel()
    model.#server.listen(0, "127.0.0.1")
    await once(model.#server, "listening")
    return model
  }

  /** The URL of the model. */
  get url(): string {
    // A server that listens on a port has such an address.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves with the next question. */
  async question(): Promise<Question> {
    return this.#questions.shift() ?? new Promise((resolve) => this.#waiting.push(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, "close")
  }

  async #asked(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: unknown = JSON.parse(await text(request))
    response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).flushHeaders()
    this.asked += 1
    const question = {
      body,
      // The test whose bot asks knows what it asks.
      turns: body as Question["turns"],
      cut: once(response, "close"),
      write: (piece: string) => void response.write(piece),
      end: (piece = "") => void response.end(piece),
    }
    const waiting = this.#waiting.shift()
    if (waiting) waiting(question)
    else this.#questions.push(question)
  }
}

/** The settings of the bot. */
interface BotSettings {
  readonly store: string
  readonly token: string
  readonly apiRoot: string
  readonly model: string
  readonly crash?: string
}

/** The bot as a process. */
export class ModelBot implements AsyncDisposable {
  readonly #child: ChildProcess
  /** Resolves with the signal that has ended the process. */
  readonly ended: Promise<unknown>

  private constructor(settings: BotSettings) {
    const args = ["--no-warnings", program, JSON.stringify(settings)]
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
    this.ended = once(this.#child, "close").then(([, signal]: unknown[]) => signal)
  }

  /** Starts the bot. Resolves when it polls. */
  static async start(settings: BotSettings): Promise<ModelBot> {
    const bot = new ModelBot(settings)
    if (bot.#child.stdout) await Promise.race([once(bot.#child.stdout, "data"), bot.ended])
    return bot
  }

  /** Kills the process at once. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL")
    await this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
