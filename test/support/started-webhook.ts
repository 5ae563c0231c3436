import { connect } from "node:net"
import { once } from "node:events"
import { afterEach, beforeEach, expect, vi } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { WebhookIntake } from "../../src/webhook-start/webhook-intake.js"
import type { WebhookIntakeOptions } from "../../src/webhook-start/webhook-intake-options.js"
import { freePort } from "./free-port.js"
import { RawClient } from "./raw-client.js"
import { RecordingQueue } from "./recording-queue.js"
import { WebhookTelegram } from "./webhook-telegram.js"

/** The bot's token. */
export const token = "7:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/** The parts of a start: a scripted Telegram, a bot, a queue, a free port; new for each test. */
export class Started {
  telegram!: WebhookTelegram
  bot!: Bot
  queue = new RecordingQueue()
  port = 0
  readonly logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  readonly #intakes: WebhookIntake[] = []

  static forEachTest(): Started {
    const started = new Started()
    beforeEach(() => started.#open())
    afterEach(() => started.#close())
    return started
  }

  botOf(options: { localMode?: boolean; timeoutMs?: number } = {}): Bot {
    const { apiRoot } = this.telegram
    return new Bot(token, { apiRoot, timeoutMs: 30_000, retryAfter: { attempts: 0 }, ...options })
  }

  async start(options: Partial<WebhookIntakeOptions> = {}): Promise<WebhookIntake> {
    const { bot, queue, port, logger } = this
    const intake = await WebhookIntake.start({ bot, queue, port, logger, ...options })
    this.#intakes.push(intake)
    return intake
  }

  /** Returns the error of a start that has to fail, and checks that no server is left listening. */
  async failure(options: Partial<WebhookIntakeOptions> = {}): Promise<Error> {
    const error: unknown = await this.start(options).then(
      () => new Error("it started"),
      (reason: unknown) => reason,
    )
    await this.expectNothingListens()
    expect(error).toBeInstanceOf(Error)
    const { message, stack } = error as Error // `instanceof Error` was just checked
    expect(message + stack).not.toContain(token)
    return error as Error
  }

  async expectNothingListens(): Promise<void> {
    const socket = connect(this.port, "127.0.0.1")
    await expect(once(socket, "connect")).rejects.toThrow("ECONNREFUSED")
  }

  /** Returns the status of one request. */
  async ask(text: string): Promise<number> {
    const client = await RawClient.open({ host: "127.0.0.1", port: this.port })
    client.send(text)
    const { status } = await client.answer()
    client.destroy()
    return status
  }

  async #open(): Promise<void> {
    this.telegram = await WebhookTelegram.start()
    this.bot = this.botOf()
    this.queue = new RecordingQueue()
    this.port = await freePort()
    vi.clearAllMocks()
  }

  async #close(): Promise<void> {
    for (const intake of this.#intakes.splice(0)) await intake.finish()
    await this.telegram.stop()
    await this.bot[Symbol.asyncDispose]()
  }
}
