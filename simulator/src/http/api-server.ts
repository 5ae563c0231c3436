import { ownValue } from "../ground/own-value.js"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import type { BotAccount } from "../delivery/bot-account.js"
import type { World } from "../world/world.js"
import { answerOfError, type Answer } from "./answer.js"
import type { Api } from "./api.js"
import { Arguments } from "../arguments/arguments.js"
import { EmptyHttpError } from "../ground/empty-http-error.js"
import { CallError } from "../ground/call-error.js"
import type { FaultPlan } from "./fault.js"
import { answerOfFault, faultWords, writeFault } from "./faulty-answer.js"
import { addBody, addQuery } from "../arguments/read-arguments.js"
import { sendBytes } from "./send-bytes.js"
import { websiteRefusal } from "./own-origin.js"
import { readBody } from "./read-body.js"
import { parseTarget, type CallTarget, type FileTarget } from "./request-target.js"

/** The time-out of an idle connection, and of a request. */
const idleMs = 500_000
const maxHeaderSize = 262_144

/** Handles a request; returns false if the request is not its own. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => boolean

/** The HTTP server of the Bot API and its file downloads. */
export class ApiServer {
  readonly #world: World
  readonly #api: Api
  readonly #faults: FaultPlan
  readonly #server: Server
  /** The handler that sees every request first. */
  first: RequestHandler = () => false
  #host = ""

  constructor(options: { world: World; api: Api; faults: FaultPlan }) {
    this.#world = options.world
    this.#api = options.api
    this.#faults = options.faults
    this.#server = createServer(
      { maxHeaderSize, keepAliveTimeout: idleMs, requestTimeout: idleMs, noDelay: true },
      (request, response) => void this.#serve(request, response),
    )
    this.#server.on("clientError", refuseClient)
  }

  /** Starts listening. Resolves with the port; rejects if the address is in use. */
  listen(port: number, host: string): Promise<number> {
    this.#host = host
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject)
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject)
        // A server on a TCP port has an address of this type.
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Closes all connections, including unanswered ones. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.sendDate = false
    request.on("error", () => {})
    response.on("error", () => {})
    try {
      if (this.first(request, response)) return
      const reason = websiteRefusal(request, this.#host)
      if (reason !== undefined) throw new CallError(403, `Forbidden: ${reason}`)
      await this.#answer(request, response)
    } catch (error) {
      if (error instanceof EmptyHttpError) closeWith(response, error.status)
      else write(request, response, answerOfError(error))
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isRead = request.method === "GET" || request.method === "HEAD"
    if (!isRead && request.method !== "POST") return closeWith(response, 501)
    const target = parseTarget(request.url ?? "")
    if (target.kind === "file") return this.#sendFile(request, response, target)
    if (request.method === "HEAD") return closeWith(response, 501)
    const bot = this.#world.botOf(target.token)
    // Bodies of requests without a token are not kept in memory.
    const body = await readBody(request, {
      keep: bot !== undefined,
      local: this.#world.environment.local,
    })
    if (bot === undefined)
      return write(request, response, answerOfError(this.#unknownToken(target.token)))
    const args = argumentsOf(request, target, body)
    await this.#call({ bot, target, args }, request, response)
  }

  async #call(
    { bot, target, args }: { bot: BotAccount; target: CallTarget; args: Arguments },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const method = target.method === "" ? args.text("method") : target.method
    const fault = this.#faults.take(method.toLowerCase())
    const isSlow = typeof fault === "object" && "slowMs" in fault
    const happens = fault === undefined || fault === "cut" || isSlow
    const words = fault && faultWords(fault)
    const answer = happens ? await this.#api.call(bot, method, args, words) : undefined
    if (!happens) {
      const record = { bot, method, args, answer: answerOfFault(fault), fault: words }
      this.#api.record(record)
    }
    if (isSlow) await this.#wait(fault.slowMs)
    if (fault !== undefined && !isSlow) writeFault(fault, answer, response)
    else if (answer !== undefined) write(request, response, answer)
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.environment.clock.setTimeout(resolve, ms))
  }

  #sendFile(request: IncomingMessage, response: ServerResponse, target: FileTarget): void {
    if (this.#world.botOf(target.token) === undefined) throw this.#unknownToken(target.token)
    const file = this.#world.files.at(target.path)
    if (file === undefined) throw new CallError(404, "Not Found")
    sendBytes(request, response, file.bytes)
  }

  // The cloud's servers answer 404 to a malformed token.
  #unknownToken(token: string): CallError {
    const isWellFormed = /^[1-9]\d{0,15}:/.test(token) && token.length <= 80
    if (isWellFormed) return new CallError(401, "Unauthorized")
    return this.#world.environment.local
      ? new CallError(401, "Unauthorized: invalid token specified")
      : new CallError(404, "Not Found")
  }
}

function argumentsOf(request: IncomingMessage, target: CallTarget, body: Buffer): Arguments {
  const args = new Arguments()
  addQuery(args, target.query)
  addBody(args, request.headers["content-type"] ?? "", body)
  return args
}

function write(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.headersSent) return
  const { status, body, retryAfter } = answer
  response.writeHead(
    status,
    [
      ["Connection", keepsAlive(request) ? "keep-alive" : "close"],
      ["Content-Type", "application/json"],
      ...(retryAfter === undefined ? [] : [["Retry-After", String(retryAfter)]]),
      ["Content-Length", String(body.length)],
    ].flat(),
  )
  response.end(body, "latin1")
}

function keepsAlive({ httpVersion, headers }: IncomingMessage): boolean {
  const connection = headers.connection?.toLowerCase()
  return httpVersion === "1.0" ? connection === "keep-alive" : connection !== "close"
}

function closeWith(response: ServerResponse, status: number): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, { Connection: "close", "Content-Length": 0 })
  response.end()
}

const clientErrors: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_INVALID_METHOD: "501 Not Implemented",
  HPE_INVALID_VERSION: "505 HTTP Version Not Supported",
}

function refuseClient(
  error: Error & { code?: string },
  socket: Socket | { destroy(): void; writable: boolean },
) {
  if (!socket.writable || !("end" in socket)) return void socket.destroy()
  const status = ownValue(clientErrors, error.code ?? "") ?? "400 Bad Request"
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
}
