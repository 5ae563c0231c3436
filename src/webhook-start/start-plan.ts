import type { CertificateProblem } from "../certificate/index.js"
import { expectInteger, unexpectedOption } from "../ground/expect-option.js"
import type { Logger } from "../ground/logger.js"
import { acmeSource } from "../node-server/tls/acme-source.js"
import { WebhookServer } from "../node-server/webhook-server.js"
import { WantedWebhook } from "../registration/wanted-webhook.js"
import { expectIpAddress, expectWebhookUrl } from "../registration/webhook-url.js"
import { expectSecretToken } from "../webhook/expect-secret-token.js"
import { deriveSecretToken } from "../webhook/secret-token.js"
import { encodedFormsOf } from "../webhook/url-path.js"
import {
  type CertificateContext,
  checkCertificate,
  findCertificateProblems,
  readPems,
} from "./certificate-check.js"
import { expectConsistentServerOptions, ownServerOptions } from "./own-server.js"
import type { WebhookIntakeOptions } from "./webhook-intake-options.js"

/** The checked options of a start. */
export interface StartPlan {
  readonly server: WebhookServer
  /** The path of the webhook on the server. */
  readonly urlPath: string
  /** The secret; false to accept requests without one. */
  readonly secretToken: string | false
  /** The number of retries of a failed call to Telegram; -1 for no limit. */
  readonly retries: number
  /** Resolves with the current certificate as PEM text; with `undefined` if it is unknown. */
  readonly certificate: () => Promise<string | undefined>
  /** Resolves with the problems of the current certificate, by the same rules as at the start. */
  readonly problems: () => Promise<readonly CertificateProblem[]>
  /**
   * Checks the server's certificate if an ACME authority issued it only after the server had started.
   * Does nothing for any other certificate. Rejects with `certificate-mismatch`.
   */
  readonly checkLateCertificate: () => Promise<void>
  /** The webhook to register; `undefined` if the program registers the webhook itself. */
  readonly wanted: WantedWebhook | undefined
}

/** The options of a start without the queue, which the plan does not need. */
type StartOptions = Omit<WebhookIntakeOptions, "queue">

/**
 * Checks the options of a start before any call to Telegram, because a refused `setWebhook` also removes
 * the previous webhook. Rejects with a `TypeError` for a wrong option, and with
 * `certificate-unreadable` or `certificate-mismatch`.
 */
export async function planStart(startOptions: StartOptions, logger: Logger): Promise<StartPlan> {
  const retries = expectInteger("bootstrapRetries", startOptions.bootstrapRetries ?? 0, -1, 2 ** 31)
  const { bot, cert, uploadCertificate, secretToken = deriveSecretToken(bot.token) } = startOptions
  const url = urlOf(startOptions)
  const { maxConnections, ipAddress } = connectionParametersOf(startOptions)
  expectSecretToken(secretToken)
  expectReconcile(startOptions.reconcile)
  expectUpload(startOptions)
  expectConsistentServerOptions(startOptions)
  const options = await withAcme(startOptions, url, logger)
  const server = options.server ?? new WebhookServer(ownServerOptions(options))
  const urlPath = urlPathOf(options, url, server, logger)
  checkScheme(url, server)
  if (cert !== undefined && !server.isSecure) logProxyNeeded(options, url, logger)
  const context: CertificateContext = {
    server,
    cert,
    uploadCertificate,
    apiRoot: bot.apiRoot,
    logger,
    url: url && { hostname: url.hostname },
  }
  const pems = await readPems(context)
  const wanted =
    url &&
    new WantedWebhook({
      maxConnections,
      ipAddress,
      // The checked spelling, because Telegram calls the URL exactly as it was registered.
      url: url.href,
      certificate: await checkCertificate(pems, context),
      secretToken: secretToken === false ? undefined : secretToken,
      allowedUpdates: options.allowedUpdates,
    })
  if (!url) await checkCertificate(pems, context)
  const checkLateCertificate = async () => {
    if (!wanted || !server.isSecure || pems.cert !== undefined) return
    wanted.setCertificate(await checkCertificate(await readPems(context), context))
  }
  const readers = certificateReaders(context)
  return { server, urlPath, secretToken, retries, wanted, checkLateCertificate, ...readers }
}

/**
 * Returns the functions that read the current certificate. A running webhook keeps them, and functions made
 * inside `planStart` would retain all other values of the start.
 */
function certificateReaders(
  context: CertificateContext,
): Pick<StartPlan, "certificate" | "problems"> {
  return {
    certificate: async () => (await readPems(context)).cert,
    problems: async () => findCertificateProblems(await readPems(context), context),
  }
}

/** Returns the options with a source for `acme` as the first one of `certificates`. */
async function withAcme(
  options: StartOptions,
  url: URL | undefined,
  logger: Logger,
): Promise<StartOptions> {
  const { acme, certificates = [], port = 80 } = options
  if (acme === undefined) return options
  const source = await acmeSource(acme, { url, serverPort: port, logger })
  return { ...options, certificates: [source, ...certificates] }
}

function urlOf({ webhookUrl, ipAddress, bot }: StartOptions): URL | undefined {
  if (webhookUrl === undefined) return undefined
  return expectWebhookUrl(webhookUrl, { localMode: bot.localMode, ipAddress })
}

function connectionParametersOf({ maxConnections, ipAddress, bot }: StartOptions) {
  const max = bot.localMode ? 100_000 : 100
  return {
    maxConnections:
      maxConnections === undefined
        ? undefined
        : expectInteger("maxConnections", maxConnections, 1, max),
    ipAddress: ipAddress === undefined ? undefined : expectIpAddress(ipAddress, bot.localMode),
  }
}

function expectReconcile(value: unknown = "repair"): void {
  if (value === "repair" || value === "report") return
  unexpectedOption("reconcile", '"repair" or "report"', value)
}

function expectUpload({ uploadCertificate, acme }: StartOptions): void {
  const upload: unknown = uploadCertificate
  if (upload !== undefined && typeof upload !== "boolean") {
    unexpectedOption("uploadCertificate", "true or false", upload)
  }
  if (upload === true && acme !== undefined) {
    throw new TypeError(
      "Expected no `uploadCertificate: true` with `acme`: Telegram trusts the authority without an upload.",
    )
  }
}

/** Returns the option `urlPath`, or the path of the URL, or `/`. Checks that the two paths agree. */
function urlPathOf(
  { urlPath, bot }: StartOptions,
  url: URL | undefined,
  { isSecure }: WebhookServer,
  logger: Logger,
): string {
  const path = urlPath ?? url?.pathname ?? "/"
  if (typeof path !== "string" || /[?#]/.test(path)) {
    throw new TypeError("Expected the `urlPath` option to be a path without ? and #.")
  }
  if (path.includes(bot.token)) {
    logger.warn(
      "The webhook's path contains the bot's token, and servers log paths. Choose another path; the secret token protects the webhook",
    )
  }
  const isSame =
    !url || encodedFormsOf(path).some((spelling) => encodedFormsOf(url.pathname).includes(spelling))
  if (isSame) return path
  if (isSecure) {
    throw new TypeError(
      "Expected the path of the `webhookUrl` option to equal `urlPath`: the server would answer Telegram with 404.",
    )
  }
  logger.warn(
    "The path of `webhookUrl` differs from `urlPath`: unless a proxy rewrites the path, the server answers Telegram with 404",
  )
  return path
}

/**
 * Logs that a certificate without its key counts as a proxy's certificate. Warns if the server listens on the
 * port of the URL, where Telegram would reach the server itself.
 */
function logProxyNeeded({ port, server }: StartOptions, url: URL | undefined, logger: Logger) {
  const text =
    "The server speaks HTTP, because `cert` is given without `key`: a proxy has to terminate TLS with this certificate. Without a proxy, add `key`"
  const isSamePort = !server && url && Number(url.port || 443) === port
  if (isSamePort) logger.warn(text)
  else logger.info(text)
}

function checkScheme(url: URL | undefined, { isSecure }: WebhookServer): void {
  if (isSecure && url?.protocol === "http:") {
    throw new TypeError(
      "Expected the `webhookUrl` option to be an https: URL with `key` and `cert`.",
    )
  }
}
