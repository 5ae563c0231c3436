import { expectOptionsObject } from "../ground/expect-option.js"
import type { Server } from "node:http"
import { once } from "node:events"
import type { Server as SecureServer } from "node:https"
import { Timer } from "../ground/timer.js"
import type { CertificateAndKey } from "../certificate/index.js"
import { Connections } from "./connections.js"
import {
  type ConnectionLimits,
  connectionLimits,
  openFilesAdvice,
  openFilesLimit,
} from "./connection-limits.js"
import { DescriptorWatch } from "./descriptor-watch.js"
import { ServerReports } from "./server-reports.js"
import { createWebServer } from "./create-server.js"
import { listen, type ListenTarget } from "./listen.js"
import { healthPage } from "./pages/health-page.js"
import { readinessPage } from "./pages/readiness-page.js"
import type { ServerPage } from "./pages/server-page.js"
import { ServerRequests } from "./server-requests.js"
import { serveConnections } from "./serve-connections.js"
import type { CertificateUse } from "./tls/certificate-swap.js"
import { ServedCertificates } from "./tls/served-certificates.js"
import type { Webhook, WebhookHooks } from "../webhook/webhook.js"
import { type ExpectedWebhook, WebhookRoutes } from "./webhook-routes.js"
import {
  expectServerOptions,
  type ServerSettings,
  type WebhookAddress,
  type WebhookServerOptions,
} from "./webhook-server-options.js"

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "starting"; readonly address: Promise<WebhookAddress> }
  | {
      readonly kind: "listening"
      readonly server: Server
      readonly connections: Connections
      readonly descriptors: DescriptorWatch
      readonly address: WebhookAddress
    }
  | { readonly kind: "closing"; readonly closed: Promise<void> }

/** The internals of a {@link WebhookServer} that tests and measurements change. */
export interface WebhookServerInternals {
  /** False to let `node:http` read all requests, including requests in Telegram's form. Default: `true`. */
  readonly readsStrictly?: boolean | undefined
}

/**
 * A web server for any number of webhooks, each at its own path. Headers, bodies, durations and
 * connections are limited, so that strangers cannot exhaust the memory or the connections.
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
  readonly #settings: ServerSettings
  readonly #routes = new WebhookRoutes()
  readonly #requests: ServerRequests
  readonly #reports: ServerReports
  readonly #openFiles = openFilesLimit()
  readonly #readsStrictly: boolean
  #limits: ConnectionLimits
  readonly #certificates: ServedCertificates | undefined
  #state: State = { kind: "closed" }
  /** True after `start`: the server then stays open when its last webhook is released. */
  #isPermanent = false

  /** @param internals internals that only tests and measurements change */
  constructor(options: WebhookServerOptions = {}, internals: WebhookServerInternals = {}) {
    this.#readsStrictly = internals.readsStrictly ?? true
    this.#settings = expectServerOptions(options)
    const { sources, callers, logger } = this.#settings
    if (sources.length > 0) this.#certificates = new ServedCertificates(sources)
    this.#reports = new ServerReports(logger)
    this.#requests = new ServerRequests(this.#routes, this.#pages(), callers, this.#reports)
    this.#limits = this.#limitsNow()
  }

  /** The address on which the server listens; `undefined` while the server does not listen. */
  get address(): WebhookAddress | undefined {
    return this.#state.kind === "listening" ? this.#state.address : undefined
  }

  /**
   * Adds a webhook, also while the server runs.
   *
   * @throws TypeError if the webhook has no path, or if another webhook has the same path
   */
  add(webhook: Webhook): void {
    this.#routes.add(webhook)
    this.#limits = this.#limitsNow()
  }

  /**
   * Answers the requests for a webhook with 503 before the webhook is added, because its bot is about to start:
   * Telegram then tries again soon. Requests with another secret are refused as the webhook would refuse them.
   * Returns the function that ends these answers.
   */
  expect(webhook: ExpectedWebhook): () => void {
    return this.#routes.expect(webhook)
  }

  /**
   * Answers every path in the folder of this path like a webhook: a client without the secret gets the same
   * answers for a path without a webhook, and cannot tell which webhooks there are. The folder of `/bots/1` is
   * `/bots`.
   *
   * @param onWrongSecret called for a path without a webhook, like the hook of a webhook
   */
  closeFolderOf(path: string, onWrongSecret?: WebhookHooks["onWrongSecret"]): void {
    this.#routes.closeFolderOf(path, onWrongSecret)
  }

  /** Removes a webhook. Its path is then answered with 404, or in a closed folder with 401. */
  remove(webhook: Webhook): void {
    this.#routes.remove(webhook)
    this.#limits = this.#limitsNow()
  }

  /** True if the server speaks HTTPS. */
  get isSecure(): boolean {
    return this.#certificates !== undefined
  }

  /**
   * Resolves with the certificate for a host and its key, as PEM texts; without a host, with the default
   * certificate. Resolves with `undefined` for a server with plain HTTP or without a certificate yet.
   * Rejects with `certificate-unreadable` or `certificate-mismatch`.
   */
  async certificateFor(host?: string): Promise<CertificateAndKey | undefined> {
    return this.#certificates?.certificateFor(host)
  }

  /**
   * Adds a webhook that uploads new certificates to Telegram before the server uses them. Returns the
   * function that removes this webhook, so that the server no longer waits for its uploads.
   */
  useCertificate(use: CertificateUse): () => void {
    return this.#certificates?.use(use) ?? (() => {})
  }

  /**
   * Adds a webhook, and starts the server if it does not run. A server that was started in this way
   * closes when {@link WebhookServer.release} removes its last webhook. Resolves and rejects as
   * {@link WebhookServer.start} does.
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

  /**
   * Removes a webhook. If it was the last one and {@link WebhookServer.open} started the server, closes
   * the server. While the server stays open, a stopped webhook still answers its path with 503 for a minute,
   * so that Telegram tries again soon.
   */
  async release(webhook: Webhook): Promise<void> {
    if (webhook.isStopped) this.#routes.leave(webhook)
    else this.#routes.remove(webhook)
    this.#limits = this.#limitsNow()
    if (this.#routes.isEmpty && !this.#isPermanent) await this.close()
  }

  /**
   * Starts to listen, until {@link WebhookServer.close}. Resolves with the address, even for a running
   * server. Rejects with `listen-failed`, `certificate-unreadable` or `certificate-mismatch`; the server
   * is then closed.
   */
  async start(): Promise<WebhookAddress> {
    this.#isPermanent = true
    return this.#start()
  }

  /**
   * Stops listening, closes idle connections, and waits for running requests. Resolves when all
   * connections are closed. The server can then be started again.
   *
   * @param options.deadlineMs the time for running requests, in milliseconds, after which their
   *   connections are closed. Default: 10,000
   */
  async close(options: { readonly deadlineMs?: number } = {}): Promise<void> {
    expectOptionsObject(options, "server.close({ deadlineMs })", { deadlineMs: true })
    if (this.#state.kind === "starting") {
      await this.#certificates?.stop()
      await this.#state.address.catch(() => {})
    }
    if (this.#state.kind === "closing") return this.#state.closed
    if (this.#state.kind !== "listening") return
    const { server, connections, descriptors } = this.#state
    const ended = this.#end(server, connections, options.deadlineMs ?? 10_000)
    const closed = Promise.all([ended, descriptors.stop()]).then(() => {})
    this.#state = { kind: "closing", closed }
    await closed
    this.#state = { kind: "closed" }
    this.#isPermanent = false
  }

  /** Closes the server as {@link WebhookServer.close} does. */
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
    const { timeouts, target } = this.#settings
    const server = await createWebServer(this.#certificates, timeouts)
    const connections = new Connections(() => this.#limits, this.#reports)
    serveConnections(server, {
      settings: this.#settings,
      requests: this.#requests,
      connections,
      reports: this.#reports,
      readsStrictly: this.#readsStrictly,
    })
    await listen(server, target)
    const address = addressOf(server, this.#settings)
    try {
      // With certificates, the server is an HTTPS server.
      await this.#certificates?.watch(server as SecureServer)
    } catch (error) {
      await this.#end(server, connections, 0)
      throw error
    }
    const descriptors = new DescriptorWatch(() => this.#reports.outOfDescriptors(connections))
    this.#state = { kind: "listening", server, connections, descriptors, address }
    this.#advise()
    return address
  }

  #limitsNow(): ConnectionLimits {
    return connectionLimits(this.#settings.limits, this.#routes.size, this.#openFiles)
  }

  /** Warns about options that are valid, but probably a mistake. */
  #advise(): void {
    const { limits, callers, proxyProtocol, logger, target } = this.#settings
    const files = openFilesAdvice(limits, this.#routes.size, this.#openFiles)
    if (files !== undefined) logger.warn(files)
    const isBehindProxy = !this.isSecure && isLocal(target)
    if (!isBehindProxy || !callers.isLimited || !callers.isClientPerConnection || proxyProtocol)
      return
    logger.warn(
      "`allowFrom` is set on a server that only this machine can reach: every request comes from the proxy in front, and is refused unless `allowFrom` contains the proxy's address. Set `trustedProxies` or `proxyProtocol`, so that the server uses the client's address",
    )
  }

  async #end(server: Server, connections: Connections, deadlineMs: number): Promise<void> {
    await this.#certificates?.stop()
    await close(server, connections, deadlineMs)
    this.#routes.forgetLeaving()
  }

  #pages(): ReadonlyMap<string, ServerPage> {
    const { healthPath, readyPath, metrics } = this.#settings
    const pages = new Map<string, ServerPage>()
    if (readyPath !== undefined)
      pages.set(
        readyPath,
        readinessPage(() => this.#routes.all()),
      )
    if (healthPath !== undefined) pages.set(healthPath, healthPage)
    if (metrics) pages.set(...metrics)
    return pages
  }
}

function isLocal(target: ListenTarget): boolean {
  if ("socketPath" in target) return true
  return "host" in target && /^(127\.|::1$|localhost$)/.test(target.host)
}

async function close(server: Server, connections: Connections, deadlineMs: number): Promise<void> {
  const closed = once(server, "close")
  server.close()
  connections.closeWhenIdle()
  const timer = new Timer(() => connections.destroy(), deadlineMs)
  await closed
  timer.stop()
}

function addressOf(server: Server, { sources, target }: ServerSettings): WebhookAddress {
  const protocol = sources.length === 0 ? "http" : "https"
  if ("socketPath" in target) {
    return { protocol, host: "", port: 0, socketPath: target.socketPath }
  }
  const address = server.address()
  if (address === null || typeof address === "string") return { protocol, host: "", port: 0 }
  return { protocol, host: address.address, port: address.port }
}
