import { afterEach, beforeEach, expect } from "vitest"
import { silentLogger } from "../../src/ground/logger.js"
import { Webhook } from "../../src/webhook/webhook.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import type { WebhookServerOptions } from "../../src/node-server/webhook-server-options.js"
import { RawClient, requestText, secret } from "./raw-client.js"
import { RecordingQueue } from "./recording-queue.js"

/** A webhook at `/hook` on a server of its own, new for each test, with raw clients. */
export class Served {
  /** False for servers whose requests are all read by `node:http`. */
  static readsStrictly = true
  queue = new RecordingQueue()
  server = new WebhookServer({ port: 0 })
  #clients: RawClient[] = []

  /** Starts a server before each test of the file, and closes it after the test. */
  static forEachTest(): Served {
    const served = new Served()
    beforeEach(() => served.start())
    afterEach(() => served.stop())
    return served
  }

  /** Starts again, with other options. */
  async start(options: WebhookServerOptions = {}): Promise<void> {
    await this.stop()
    this.queue = new RecordingQueue()
    this.server = new WebhookServer(
      { port: 0, logger: silentLogger, ...options },
      { readsStrictly: Served.readsStrictly },
    )
    const { queue } = this
    this.server.add(new Webhook({ botId: 7, queue, path: "hook", secretToken: secret }))
    await this.server.start()
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.destroy()
    this.#clients = []
    await this.server.close()
  }

  async open(): Promise<RawClient> {
    const port = this.server.address?.port ?? 0
    const client = await RawClient.open({ host: "127.0.0.1", port })
    this.#clients.push(client)
    return client
  }

  /** Returns the answer to bytes sent over a connection of their own. */
  async ask(bytes: string | Uint8Array) {
    const client = await this.open()
    client.send(bytes)
    return client.answer()
  }

  /** Checks that the server accepts a valid update, and has accepted no other. */
  async expectUnharmed(): Promise<void> {
    expect(this.queue.puts).toEqual([])
    const answer = await this.ask(requestText('{"update_id":1}'))
    expect(answer.status).toBe(200)
    expect(this.queue.ids).toEqual([1])
  }
}
