import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { once } from "node:events"
import type { AddressInfo, Socket } from "node:net"
import { expectDurationMs, expectInteger, expectText } from "../../ground/expect-option.js"
import { answerClientError } from "./client-error.js"
import { Connections } from "./connections.js"
import { createWebServer, type ServerTimeouts } from "./create-server.js"
import { listen, listenTargetOf, type ListenTarget } from "./listen.js"
import { readPem } from "./pem.js"
import { pathOf, spellingsOf, withLeadingSlash } from "./url-path.js"
import type { Webhook } from "./webhook.js"
import { receive, refusalOf, refuse } from "./webhook-listener.js"
import { refusals } from "./webhook-response.js"

/** What a {@link WebhookServer} is made of. */
export interface WebhookServerOptions {
  /** The address to listen on, or `unix:/path` for a unix socket. `127.0.0.1` by default. */
  readonly listen?: string | undefined
  /** The port to listen on; 0 takes a free one. 80 by default. Not for unix sockets. */
  readonly port?: number | undefined
  /** The private key, as PEM text or the path of a file. With it and `cert` the server speaks HTTPS. */
  readonly key?: string | undefined
  /** The certificate and those that certify it, as PEM text or the path of a file. */
  readonly cert?: string | undefined
  /** Where `GET` is answered with 200 while the server runs; `false` for nowhere. `/health` by default. */
  readonly healthPath?: string | false | undefined
  /** The most connections at a time. 1,000 by default; silent ones make room for new ones. */
  readonly maxSockets?: number | undefined
  /**
   * How long a connection stays open between requests, in milliseconds. 75,000 by default; less than
   * Telegram's 60 s would have it send updates twice.
   */
  readonly keepAliveTimeoutMs?: number | undefined
  /**
   * How long a request may take to arrive, in milliseconds; for the first one of a connection its
   * head counts from the connection's start. 75,000 by default, because Telegram opens connections
   * in advance and leaves them silent for up to 60 s.
   */
  readonly requestTimeoutMs?: number | undefined
}

/** Where a server listens. */
export interface WebhookAddress {
  /** `https` where the server has a key. */
  readonly protocol: "http" | "https"
  /** The address; empty for a unix socket. */
  readonly host: string
  /** The port; 0 for a unix socket. */
  readonly port: number
  /** The path of the unix socket. */
  readonly socketPath?: string
}

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "starting"; readonly address: Promise<WebhookAddress> }
  | {
      readonly kind: "listening"
      readonly server: Server
      readonly connections: Connections
      readonly address: WebhookAddress
    }
  | { readonly kind: "closing"; readonly closed: Promise<void> }

/**
 * A web server for any number of webhooks, each at its path. Bounded in everything that a stranger
 * could make it keep: heads, bodies, times, connections.
 *
 * @example
 * ```ts
 * import { MemoryQueue, Webhook, WebhookServer } from "sounder"
 *
 * const queue = new MemoryQueue()
 * const server = new WebhookServer({ port: 0 })
 * server.add(new Webhook({ botId: 123456, queue, path: "hook", secretToken: "a-secret" }))
 * await server.start()
 * await server.close()
 * ```
 */
export class WebhookServer implements AsyncDisposable {
  readonly #options: WebhookServerOptions
  readonly #target: ListenTarget
  readonly #healthPath: string | undefined
  readonly #maxSockets: number
  readonly #timeouts: ServerTimeouts
  readonly #routes = new Map<string, Webhook>()
  #state: State = { kind: "closed" }
  #isKept = false

  constructor(options: WebhookServerOptions = {}) {
    const { healthPath = "/health", maxSockets = 1000 } = options
    this.#options = { ...options }
    this.#target = expectTarget(options)
    if (options.key !== undefined && options.cert === undefined) {
      throw new TypeError("Expected the `cert` option beside `key`: a key alone serves nothing.")
    }
    this.#healthPath = healthPath === false ? undefined : withLeadingSlash(healthPath)
    this.#maxSockets = expectInteger("maxSockets", maxSockets, 1, Number.MAX_SAFE_INTEGER)
    const { keepAliveTimeoutMs = 75_000, requestTimeoutMs = 75_000 } = options
    this.#timeouts = {
      keepAliveTimeoutMs: expectDurationMs("keepAliveTimeoutMs", keepAliveTimeoutMs),
      requestTimeoutMs: expectDurationMs("requestTimeoutMs", requestTimeoutMs),
    }
  }

  /** Where it listens; `undefined` while it does not. */
  get address(): WebhookAddress | undefined {
    return this.#state.kind === "listening" ? this.#state.address : undefined
  }

  /**
   * Answers a webhook's path from now on, also while the server runs.
   *
   * @throws TypeError when the webhook has no path, or one that another webhook has
   */
  add(webhook: Webhook): void {
    const spellings = spellingsOf(expectText("path", webhook.path))
    const isTaken = spellings.some((path) => (this.#routes.get(path) ?? webhook) !== webhook)
    if (isTaken)
      throw new TypeError("Expected the `path` option to be one that no other webhook has.")
    for (const path of spellings) this.#routes.set(path, webhook)
  }

  /** Takes a webhook off; its path is then answered with 404. */
  remove(webhook: Webhook): void {
    for (const [path, other] of this.#routes) if (other === webhook) this.#routes.delete(path)
  }

  /** What is in `cert`, as PEM text; `undefined` where the server speaks HTTP. */
  async readCertificate(): Promise<string | undefined> {
    const { cert } = this.#options
    return cert === undefined ? undefined : readPem("cert", cert)
  }

  /**
   * {@link WebhookServer.add}, and {@link WebhookServer.start} where it does not run as yet. A
   * server that was started in this way closes when {@link WebhookServer.release} has taken its last
   * webhook off.
   */
  async open(webhook: Webhook): Promise<WebhookAddress> {
    this.add(webhook)
    try {
      return await this.#start()
    } catch (error) {
      this.remove(webhook)
      throw error
    }
  }

  /** {@link WebhookServer.remove}, then {@link WebhookServer.close} where nothing is left to serve. */
  async release(webhook: Webhook): Promise<void> {
    this.remove(webhook)
    if (this.#routes.size === 0 && !this.#isKept) await this.close()
  }

  /**
   * Listens until {@link WebhookServer.close}. Resolves with the address, also when called again
   * while it runs.
   *
   * @throws SounderError `listen-failed`, `certificate-unreadable` or `certificate-mismatch`, each
   *   with what to do; nothing is left open
   */
  async start(): Promise<WebhookAddress> {
    this.#isKept = true
    return this.#start()
  }

  /**
   * Accepts no further connection, closes the idle ones, and waits for the requests in flight to be
   * answered. Resolves when everything is closed; it can then be started again.
   *
   * @param options.deadlineMs what is still unanswered then is cut off; 10,000 by default
   */
  async close(options: { readonly deadlineMs?: number } = {}): Promise<void> {
    if (this.#state.kind === "starting") await this.#state.address.catch(() => {})
    if (this.#state.kind === "closing") return this.#state.closed
    if (this.#state.kind !== "listening") return
    const { server, connections } = this.#state
    const closed = close(server, connections, options.deadlineMs ?? 10_000)
    this.#state = { kind: "closing", closed }
    await closed
    this.#state = { kind: "closed" }
    this.#isKept = false
  }

  /** The same as {@link WebhookServer.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #start(): Promise<WebhookAddress> {
    if (this.#state.kind === "closing") await this.#state.closed
    if (this.#state.kind === "listening") return this.#state.address
    if (this.#state.kind === "starting") return this.#state.address
    const address = this.#listen()
    this.#state = { kind: "starting", address }
    try {
      return await address
    } catch (error) {
      this.#state = { kind: "closed" }
      throw error
    }
  }

  async #listen(): Promise<WebhookAddress> {
    const server = await createWebServer(this.#options, this.#timeouts)
    const connections = new Connections(this.#maxSockets)
    this.#connect(server, connections)
    await listen(server, this.#target)
    const address = this.#addressOf(server)
    this.#state = { kind: "listening", server, connections, address }
    return address
  }

  #connect(server: Server, connections: Connections): void {
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      connections.answering(response, this.#answer(request, response))
    }
    server.on("connection", (socket: Socket) => connections.add(socket))
    server.on("secureConnection", (socket: Socket) => connections.secured(socket))
    server.on("request", answer)
    server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
      const webhook = this.#routeOf(request.url ?? "")
      if (webhook && !refusalOf(webhook, request)) response.writeContinue()
      answer(request, response)
    })
    server.on("clientError", answerClientError)
    // Errors of single connections; the one of listening is awaited where it happens.
    server.on("error", () => {})
  }

  /** Whether the request was one of a webhook and had its secret. */
  #answer(request: IncomingMessage, response: ServerResponse): boolean {
    const url = request.url ?? ""
    if (this.#isHealthCheck(request.method, url)) {
      response.writeHead(200, { "content-type": "text/plain", "content-length": 3 }).end("ok\n")
      return false
    }
    const webhook = this.#routeOf(url)
    if (webhook) return receive(webhook, request, response)
    refuse(request, response, refusals.path)
    return false
  }

  #routeOf(url: string): Webhook | undefined {
    return this.#routes.get(url) ?? this.#routes.get(pathOf(url))
  }

  #isHealthCheck(method: string | undefined, url: string): boolean {
    if (method !== "GET" && method !== "HEAD") return false
    return this.#healthPath !== undefined && pathOf(url) === this.#healthPath
  }

  #addressOf(server: Server): WebhookAddress {
    const protocol = this.#options.key === undefined ? "http" : "https"
    if ("socketPath" in this.#target) {
      return { protocol, host: "", port: 0, socketPath: this.#target.socketPath }
    }
    const { host, port } = boundTo(server.address())
    return { protocol, host, port }
  }
}

async function close(server: Server, connections: Connections, deadlineMs: number): Promise<void> {
  const closed = once(server, "close")
  server.close()
  connections.closeWhenIdle()
  const timer = setTimeout(() => connections.destroy(), deadlineMs)
  await closed
  clearTimeout(timer)
}

function boundTo(address: AddressInfo | string | null): { host: string; port: number } {
  if (address === null || typeof address === "string") return { host: "", port: 0 }
  return { host: address.address, port: address.port }
}

function expectTarget({ listen: place = "127.0.0.1", port }: WebhookServerOptions): ListenTarget {
  expectText("listen", place)
  if (place.startsWith("unix:")) {
    if (port !== undefined) throw new TypeError("Expected no `port` option beside a unix socket.")
    expectText("listen", place.slice(5))
  }
  return listenTargetOf(place, expectInteger("port", port ?? 80, 0, 65_535))
}
