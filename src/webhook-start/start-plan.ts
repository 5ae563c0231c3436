import { expectInteger, unexpectedOption } from "../ground/expect-option.js"
import type { Logger } from "../ground/logger.js"
import { acmeSource } from "../node-server/tls/acme-source.js"
import { WebhookServer } from "../node-server/webhook-server.js"
import { WantedWebhook } from "../registration/wanted-webhook.js"
import { expectIpAddress, expectWebhookUrl } from "../registration/webhook-url.js"
import { expectSecretToken } from "../webhook/expect-secret-token.js"
import { deriveSecretToken } from "../webhook/secret-token.js"
import { spellingsOf } from "../webhook/url-path.js"
import { checkCertificate, readPems } from "./certificate-check.js"
import { expectOwnOrShared, ownServerOptions } from "./own-server.js"
import type { WebhookIntakeOptions } from "./webhook-intake-options.js"

/** A start in which everything that can be known on this machine has been found right. */
export interface StartPlan {
  readonly server: WebhookServer
  readonly urlPath: string
  readonly secretToken: string | false
  readonly retries: number
  /** Returns the certificate that is used at the moment; `undefined` where it is not known. */
  readonly certificate: () => Promise<string | undefined>
  /**
   * Checks a certificate that was not there before the server listened.
   *
   * @throws SounderError `certificate-mismatch`
   */
  readonly confirm: () => Promise<void>
  /** `undefined` where nothing is registered. */
  readonly wanted: WantedWebhook | undefined
}

/** What a start is told, without what becomes of updates. */
type StartOptions = Omit<WebhookIntakeOptions, "queue">

/**
 * Checks everything that can be known without asking Telegram: a `setWebhook` that is refused
 * removes the webhook that worked.
 *
 * @throws TypeError for options that cannot be right
 * @throws SounderError `certificate-unreadable` or `certificate-mismatch`
 */
export async function planStart(given: StartOptions, logger: Logger): Promise<StartPlan> {
  const retries = expectInteger("bootstrapRetries", given.bootstrapRetries ?? 0, -1, 2 ** 31)
  const { bot, cert, uploadCertificate, secretToken = deriveSecretToken(bot.token) } = given
  const url = urlOf(given)
  const limits = limitsOf(given)
  expectSecretToken(secretToken)
  expectReconcile(given.reconcile)
  expectUpload(given)
  expectOwnOrShared(given)
  const options = await withAcme(given, url, logger)
  const server = options.server ?? new WebhookServer(ownServerOptions(options))
  const urlPath = urlPathOf(options, url, server, logger)
  checkScheme(url, server)
  const place = { server, cert, url, uploadCertificate, apiRoot: bot.apiRoot, logger }
  const pems = await readPems(place)
  const wanted =
    url &&
    new WantedWebhook({
      ...limits,
      // In the spelling that was checked: Telegram calls the text that it is sent.
      url: url.href,
      certificate: await checkCertificate(pems, place),
      secretToken: secretToken === false ? undefined : secretToken,
      allowedUpdates: options.allowedUpdates,
    })
  if (!url) await checkCertificate(pems, place)
  const confirm = async () => {
    if (!wanted || !server.isSecure || pems.cert !== undefined) return
    wanted.setCertificate(await checkCertificate(await readPems(place), place))
  }
  const certificate = async () => (await readPems(place)).cert
  return { server, urlPath, secretToken, retries, wanted, certificate, confirm }
}

/** The certificate that an authority is asked for comes first of all. */
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

function expectUpload({ uploadCertificate, acme }: StartOptions): void {
  const given: unknown = uploadCertificate
  if (given !== undefined && typeof given !== "boolean") {
    unexpectedOption("uploadCertificate", "true or false", given)
  }
  if (given === true && acme !== undefined) {
    throw new TypeError(
      "Expected no `uploadCertificate: true` with `acme`: Telegram trusts its authorities.",
    )
  }
}

/** `urlPath`, or the path of the URL, or the root. */
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
      "Expected the `webhookUrl` option to be an https: URL with `key` and `cert`.",
    )
  }
}
