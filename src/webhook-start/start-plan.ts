import {
  type CertificateAndKey,
  type CertificateProblem,
  judgeCertificate,
  needsUpload,
} from "../certificate/index.js"
import { expectInteger, expectText, unexpectedOption } from "../ground/expect-option.js"
import type { Logger } from "../ground/logger.js"
import { SounderError } from "../telegram/errors.js"
import { expectSecretToken } from "../webhook/expect-secret-token.js"
import { certificatesAsPem } from "../certificate/read-certificates.js"
import { readPem } from "../node-server/tls/pem.js"
import type { Registration } from "../registration/registration.js"
import { deriveSecretToken } from "../webhook/secret-token.js"
import { acmeSource } from "../node-server/tls/acme-source.js"
import { spellingsOf } from "../webhook/url-path.js"
import type { WebhookIntakeOptions } from "./webhook-intake-options.js"
import { WebhookServer } from "../node-server/webhook-server.js"
import type { WebhookServerOptions } from "../node-server/webhook-server-options.js"
import { expectIpAddress, expectWebhookUrl } from "../registration/webhook-url.js"

const telegramRoot = "https://api.telegram.org"

/** A start in which everything that can be known on this machine has been found right. */
export interface StartPlan {
  readonly server: WebhookServer
  readonly urlPath: string
  readonly secretToken: string | false
  readonly retries: number
  /** The certificate that is used at the moment of the call; `undefined` where it is not known. */
  readonly certificate: () => Promise<string | undefined>
  /**
   * Checks a certificate that was not there before the server listened.
   *
   * @throws SounderError `certificate-mismatch`
   */
  readonly confirm: () => Promise<void>
  /** `undefined` where nothing is registered. */
  readonly registration: Registration | undefined
}

/** What a start is told, but for what becomes of updates. */
type StartOptions = Omit<WebhookIntakeOptions, "queue">

/** The PEM texts that a start has to do with. */
type Pems = Partial<CertificateAndKey>

/**
 * Checks everything that can be known without asking Telegram: a `setWebhook` that is refused
 * removes the webhook that worked.
 *
 * @throws TypeError for options that cannot be right
 * @throws SounderError `certificate-unreadable` or `certificate-mismatch`
 */
export async function planStart(given: StartOptions, logger: Logger): Promise<StartPlan> {
  const retries = expectInteger("bootstrapRetries", given.bootstrapRetries ?? 0, -1, 2 ** 31)
  const { secretToken = deriveSecretToken(given.bot.token) } = given
  const url = urlOf(given)
  const limits = limitsOf(given)
  expectSecretToken(secretToken)
  expectReconcile(given.reconcile)
  expectOwnOrShared(given)
  const options = await withAcme(given, url, logger)
  const server = options.server ?? new WebhookServer(serverOptions(options))
  const urlPath = urlPathOf(options, url, server, logger)
  checkScheme(url, server)
  const pems = await readPems(options, server, url)
  const isIgnored = (problem: CertificateProblem) => mayPass(problem, options, logger)
  const certificate = await checkCertificate(pems, url, isIgnored)
  const registration = url && {
    ...limits,
    url: String(options.webhookUrl),
    certificate,
    secretToken: secretToken === false ? undefined : secretToken,
    allowedUpdates: options.allowedUpdates,
  }
  const confirm = async () => {
    if (!registration || !server.isSecure || pems.cert !== undefined) return
    const got = await readPems(options, server, url)
    registration.certificate = await checkCertificate(got, url, isIgnored)
  }
  const present = async () => (await readPems(options, server, url)).cert
  return { server, urlPath, secretToken, retries, registration, certificate: present, confirm }
}

/** The certificate that an authority is asked for comes first of all. */
async function withAcme(
  options: StartOptions,
  url: URL | undefined,
  logger: Logger,
): Promise<StartOptions> {
  const { acme, certificates = [] } = options
  if (acme === undefined) return options
  return { ...options, certificates: [await acmeSource(acme, url, logger), ...certificates] }
}

function urlOf({ webhookUrl, ipAddress, bot }: StartOptions): URL | undefined {
  if (webhookUrl === undefined) return undefined
  return expectWebhookUrl(webhookUrl, { localMode: bot.localMode, ipAddress })
}

function limitsOf({ maxConnections, ipAddress, bot }: StartOptions) {
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

/** A server that is given has its own address and key. */
function expectOwnOrShared(options: StartOptions): void {
  const { server, listen, port, key, certificates, acme, healthPath, readyPath, metrics } = options
  const { trustedProxies, forwardedHeader, proxyProtocol, allowFrom } = options
  if (key !== undefined && options.cert === undefined) {
    throw new TypeError(
      "Expected the `cert` option beside `key`: a key alone serves nothing. Create both with `sounder certificate HOST`.",
    )
  }
  if (key === undefined && options.cert !== undefined && (certificates ?? acme) !== undefined) {
    throw new TypeError("Expected the `key` option beside `cert` and `certificates` or `acme`.")
  }
  if (acme !== undefined && key !== undefined) {
    throw new TypeError("Expected either the `acme` option or `key` and `cert`, got both.")
  }
  if (!server) return
  const own = { listen, port, key, certificates, acme, healthPath, readyPath, metrics }
  const ofCallers = { trustedProxies, forwardedHeader, proxyProtocol, allowFrom }
  for (const [name, value] of Object.entries({ ...own, ...ofCallers })) {
    if (value === undefined) continue
    throw new TypeError(`Expected no \`${name}\` option beside \`server\`: it is the server's own.`)
  }
}

/** What the server shows to clients of the URL's host, else what the proxy is said to show. */
async function readPems(
  { cert }: StartOptions,
  server: WebhookServer,
  url: URL | undefined,
): Promise<Pems> {
  if (server.isSecure) return (await server.certificateFor(url && hostOf(url))) ?? {}
  return cert === undefined ? {} : { cert: await readPem("cert", cert) }
}

function hostOf({ hostname }: URL): string {
  return hostname.replaceAll(/[[\]]/g, "")
}

/** `urlPath`, else the path of the URL, else the root. */
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
      "The webhook's path holds the bot's token, and paths end up in logs. The secret token guards the webhook: choose another path",
    )
  }
  const isSame = !url || spellingsOf(path).some((one) => spellingsOf(url.pathname).includes(one))
  if (isSame) return path
  if (isSecure) {
    throw new TypeError(
      "Expected the path of the `webhookUrl` option to be that of `urlPath`: Telegram would be answered with 404.",
    )
  }
  logger.warn(
    "The path of `webhookUrl` is not `urlPath`: unless a proxy rewrites it, Telegram is answered with 404",
  )
  return path
}

function checkScheme(url: URL | undefined, { isSecure }: WebhookServer): void {
  if (isSecure && url?.protocol === "http:") {
    throw new TypeError(
      "Expected the `webhookUrl` option to be an https: URL beside `key` and `cert`.",
    )
  }
}

/** The certificates to upload, if any: one of a public authority must not be. */
async function checkCertificate(
  { key, cert }: Pems,
  url: URL | undefined,
  mayIgnore: (problem: CertificateProblem) => boolean,
): Promise<string | undefined> {
  if (cert === undefined) return undefined
  const uploaded = needsUpload(cert)
  const found = await judgeCertificate({
    cert,
    uploaded,
    ...(key !== undefined && { key }),
    ...(url && { host: hostOf(url) }),
  })
  const problems = found.filter((problem) => !mayIgnore(problem))
  if (problems.length > 0) {
    const messages = problems.map((problem) => problem.message)
    throw new SounderError("certificate-mismatch", messages.join(" "))
  }
  return uploaded ? certificatesAsPem(cert) : undefined
}

/** A Bot API server of one's own may trust an authority of one's own. */
function mayPass(
  { code, message }: CertificateProblem,
  { bot }: StartOptions,
  logger: Logger,
): boolean {
  if (code !== "missing-intermediate" || bot.apiRoot === telegramRoot) return false
  logger.warn(`${message} Or does your Bot API server trust it?`)
  return true
}

function serverOptions(options: StartOptions): WebhookServerOptions {
  const { listen, port, healthPath, readyPath, metrics, key, cert, certificates, logger } = options
  const { trustedProxies, forwardedHeader, proxyProtocol, allowFrom } = options
  if (listen !== undefined) expectText("listen", listen)
  // A certificate alone is that of a proxy.
  const pair = key === undefined ? {} : { key, cert }
  const ofCallers = { trustedProxies, forwardedHeader, proxyProtocol, allowFrom }
  const own = { listen, port, healthPath, readyPath, metrics, certificates, logger }
  return { ...own, ...ofCallers, ...pair }
}
