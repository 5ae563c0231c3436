import type { Server } from "node:http"
import { once } from "node:events"
import type { Server as SecureServer } from "node:https"
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
import type { Webhook } from "../webhook/webhook.js"
import { WebhookRoutes } from "./webhook-routes.js"
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
  readonly #settings: ServerSettings
  readonly #routes = new WebhookRoutes()
  readonly #requests: ServerRequests
  readonly #reports: ServerReports
  readonly #openFiles = openFilesLimit()
  #limits: ConnectionLimits
  readonly #certificates: ServedCertificates | undefined
  #state: State = { kind: "closed" }
  #isKept = false

  constructor(options: WebhookServerOptions = {}) {
    this.#settings = expectServerOptions(options)
    const { sources, callers, logger } = this.#settings
    if (sources.length > 0) this.#certificates = new ServedCertificates(sources)
    this.#reports = new ServerReports(logger)
    this.#requests = new ServerRequests(this.#routes, this.#pages(), callers, this.#reports)
    this.#limits = this.#limitsNow()
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
    this.#routes.add(webhook)
    this.#limits = this.#limitsNow()
  }

  /**
   * Answers these paths with 503 while no webhook is there: for bots that are about to start, so that
   * Telegram tries again soon. Until the returned function is called.
   */
  expect(paths: readonly string[]): () => void {
    return this.#routes.expect(paths)
  }

  /** Takes a webhook off; its path is then answered with 404. */
  remove(webhook: Webhook): void {
    this.#routes.remove(webhook)
    this.#limits = this.#limitsNow()
  }

  /** Whether it speaks HTTPS. */
  get isSecure(): boolean {
    return this.#certificates !== undefined
  }

  /**
   * The certificate that a client of this host is shown, with its key, as PEM texts; without a host
   * the one for names that no certificate has. `undefined` where the server speaks HTTP, or has no
   * certificate as yet.
   *
   * @throws SounderError `certificate-unreadable` or `certificate-mismatch`
   */
  async certificateFor(host?: string): Promise<CertificateAndKey | undefined> {
    return this.#certificates?.certificateFor(host)
  }

  /**
   * Has somebody told before another certificate is served, until the answer is called: as Telegram
   * has to be sent one that is self-signed.
   */
  useCertificate(use: CertificateUse): () => void {
    return this.#certificates?.use(use) ?? (() => {})
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

  /**
   * Takes a webhook off, and closes the server where nothing is left to serve. A webhook whose intake
   * was stopped refuses what comes to its path until then, for a minute at most, so that Telegram
   * tries again soon.
   */
  async release(webhook: Webhook): Promise<void> {
    if (webhook.isStopped) this.#routes.leave(webhook)
    else this.#routes.remove(webhook)
    this.#limits = this.#limitsNow()
    if (this.#routes.isEmpty && !this.#isKept) await this.close()
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
    const { timeouts, target } = this.#settings
    const server = await createWebServer(this.#certificates, timeouts)
    const connections = new Connections(() => this.#limits, this.#reports)
    serveConnections(server, {
      settings: this.#settings,
      requests: this.#requests,
      connections,
      reports: this.#reports,
    })
    await listen(server, target)
    const address = addressOf(server, this.#settings)
    try {
      // An HTTPS server where there are certificates.
      await this.#certificates?.watch(server as SecureServer)
    } catch (error) {
      await this.#end(server, connections, 0)
      throw error
    }
    const descriptors = new DescriptorWatch(() => this.#reports.noneLeft(connections))
    this.#state = { kind: "listening", server, connections, descriptors, address }
    this.#advise()
    return address
  }

  #limitsNow(): ConnectionLimits {
    return connectionLimits(this.#settings.limits, this.#routes.size, this.#openFiles)
  }

  /** Says what is allowed, but will hardly do what is wanted. */
  #advise(): void {
    const { limits, callers, proxyProtocol, logger, target } = this.#settings
    const files = openFilesAdvice(limits, this.#routes.size, this.#openFiles)
    if (files !== undefined) logger.warn(files)
    const isBehindProxy = !this.isSecure && isLocal(target)
    if (!isBehindProxy || !callers.isLimited || !callers.areConnectionsOfOne || proxyProtocol)
      return
    logger.warn(
      "`allowFrom` is set on a server that only this machine reaches: every request comes from the proxy in front, and is refused unless `allowFrom` has its address. Say with `trustedProxies` or `proxyProtocol` whom it asks for",
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
  const timer = setTimeout(() => connections.destroy(), deadlineMs)
  await closed
  clearTimeout(timer)
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
