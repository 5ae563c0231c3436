import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { Bot, type BotOptions } from "../../src/bot/index.js"
import { silentLogger } from "../../src/ground/logger.js"

/** A well-formed token that no server knows. */
export const token = "123456:AAF-kJ3_abcdefghijklmnopqrstuvwxyz1"
/** The secret half of the token. */
export const secret = "AAF-kJ3_abcdefghijklmnopqrstuvwxyz1"

/** A request that the server received. */
export interface Received {
  readonly verb: string
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  /** The client's port, which identifies a connection. */
  readonly port: number | undefined
  readonly body: Buffer
  /** The parsed body. */
  readonly json: Record<string, unknown>
}

/** The answer to a call: a result, or a status with a text, or a function that sends it. */
export type Script = (received: Received, count: number) => Reply | Promise<Reply>
export type Reply =
  | { readonly result: unknown }
  | { readonly status: number; readonly text?: string; readonly headers?: Record<string, string> }

/** A Bot API server that answers as the test says. */
export class BotApiServer implements AsyncDisposable {
  readonly received: Received[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** Starts a server that answers by `script`. Default: `true` for every call. */
  static async start(script: Script = () => ({ result: true })): Promise<BotApiServer> {
    const listener: RequestListener = async (request, response) => {
      const received = await receive(request)
      server.received.push(received)
      const reply = await script(received, server.received.length)
      if ("result" in reply) {
        response.setHeader("content-type", "application/json")
        response.end(JSON.stringify({ ok: true, result: reply.result }))
      } else response.writeHead(reply.status, reply.headers).end(reply.text)
    }
    const server = await BotApiServer.listen((request, response) => {
      // A request that was cut off does not count as received.
      Promise.resolve(listener(request, response)).catch(() => response.destroy())
    })
    return server
  }

  /** Starts a server with its own request listener. */
  static async listen(listener: RequestListener): Promise<BotApiServer> {
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return new BotApiServer(server)
  }

  get apiRoot(): string {
    // A TCP server's address is an object.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Returns a bot that calls this server. */
  bot(options: BotOptions = {}): Bot {
    return new Bot(token, { apiRoot: this.apiRoot, logger: silentLogger, ...options })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Returns Telegram's answer for a refusal. */
export function refusal(status: number, description: string, parameters?: object): Reply {
  const text = JSON.stringify({ ok: false, error_code: status, description, parameters })
  return { status, text, headers: { "content-type": "application/json" } }
}

/** Returns the error with which a promise rejects. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
    throw new TypeError(`Rejected with ${typeof error}, which is no Error`, { cause: error })
  }
  throw new Error("Expected a rejection")
}

async function receive(request: IncomingMessage): Promise<Received> {
  const pieces: Buffer[] = []
  const port = request.socket.remotePort
  for await (const piece of request) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  const isJson = request.headers["content-type"] === "application/json"
  const url = request.url ?? ""
  return {
    verb: request.method ?? "",
    method: url.split("/").at(-1) ?? "",
    url,
    headers: request.headers,
    port,
    body,
    json: isJson ? (JSON.parse(body.toString()) as Record<string, unknown>) : {},
  }
}
