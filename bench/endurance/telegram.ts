import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { Pool } from "undici"
import type { SentUpdates } from "./sent-updates.js"

/** The number of simultaneous requests to a webhook: Telegram's default. */
const connections = 40
/** The wait after a refusal, in milliseconds; the real Telegram waits longer. */
const againMs = 20

/** Starts a server with Telegram's side of `getUpdates`, which answers as fast as possible. */
export async function startPollingEnd(
  updates: SentUpdates,
): Promise<AsyncDisposable & { apiRoot: string }> {
  const confirmed = { below: 1 }
  const server = createServer(
    (request, response) => void answer(updates, confirmed, request, response),
  )
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // A server that listens on a port has an address of this type.
  const { port } = server.address() as AddressInfo
  return {
    apiRoot: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

/**
 * @param confirmed the highest offset so far; updates below it are removed, even if a later call
 *   requests them
 */
async function answer(
  updates: SentUpdates,
  confirmed: { below: number },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body = ""
  for await (const part of request) body += String(part)
  const method = request.url?.split("/").at(-1)
  if (method !== "getUpdates") return void response.end(resultOf(method))
  // The bot sends its parameters as JSON.
  const { offset = 0, limit = 100 } = JSON.parse(body || "{}") as Record<string, number>
  for (; confirmed.below < offset; confirmed.below += 1) updates.acknowledge(confirmed.below)
  const from = confirmed.below
  for (let waits = 0; waits < 50 && updates.released < from; waits += 1) await sleep(10)
  const to = Math.min(updates.released, from + limit - 1)
  const some = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) =>
    updates.json(from + index),
  )
  response.end(`{"ok":true,"result":[${some.join(",")}]}`)
}

function resultOf(method: string | undefined): string {
  const me = '{"id":110,"is_bot":true,"first_name":"Endurance","username":"endurance_bot"}'
  const webhook = '{"url":"","has_custom_certificate":false,"pending_update_count":0}'
  const result = method === "getMe" ? me : method === "getWebhookInfo" ? webhook : "true"
  return `{"ok":true,"result":${result}}`
}

/**
 * Telegram's side of a webhook: one request at a time per chat, several chats in parallel; each
 * update is sent until it is answered with 200.
 */
export class WebhookEnd implements AsyncDisposable {
  readonly #updates: SentUpdates
  /** The unsent updates of each chat that has any. */
  readonly #left = new Map<number, number[]>()
  /** The chats without a request in flight. */
  readonly #ready: number[] = []
  readonly #sending: Promise<void>
  #pool: Pool | undefined
  #isOver = false

  constructor(updates: SentUpdates) {
    this.#updates = updates
    updates.onRelease = (from, to) => {
      for (let id = from; id <= to; id += 1) this.#add(id)
    }
    const sending = Array.from({ length: connections }, () => this.#send())
    this.#sending = Promise.all(sending).then(() => {})
  }

  /** Sets the port on 127.0.0.1 that requests go to; `undefined` stops sending. */
  sendTo(port: number | undefined): void {
    void this.#pool?.destroy()
    this.#pool =
      port === undefined ? undefined : new Pool(`http://127.0.0.1:${port}`, { connections })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#sending
    await this.#pool?.destroy()
  }

  #add(id: number): void {
    const chat = this.#updates.chatOf(id)
    const left = this.#left.get(chat)
    if (left) return void left.push(id)
    this.#left.set(chat, [id])
    this.#ready.push(chat)
  }

  async #send(): Promise<void> {
    while (!this.#isOver) {
      const chat = this.#pool ? this.#ready.shift() : undefined
      const left = chat === undefined ? undefined : this.#left.get(chat)
      if (chat === undefined || !left) {
        await sleep(5)
        continue
      }
      if (await this.#isTaken(left[0] ?? 0)) left.shift()
      else await sleep(againMs)
      if (left.length > 0) this.#ready.push(chat)
      else this.#left.delete(chat)
    }
  }

  async #isTaken(id: number): Promise<boolean> {
    try {
      const { statusCode, body } = await (this.#pool as Pool).request({
        path: "/hook",
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-telegram-bot-api-secret-token": "endurance",
        },
        body: this.#updates.json(id),
      })
      await body.dump()
      if (statusCode === 200) this.#updates.acknowledge(id)
      return statusCode === 200
    } catch {
      // No server listens, or the bot was killed during the request.
      return false
    }
  }
}
