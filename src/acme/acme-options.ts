import { expectHost } from "../certificate/host.js"
import { expectInteger, expectText, unexpectedOption } from "../ground/expect-option.js"
import { type Logger, guardedLogger } from "../ground/logger.js"

/** The directories of Let's Encrypt. */
export const letsEncrypt = {
  /** For certificates that everybody trusts. Failures count against limits that last an hour. */
  production: "https://acme-v02.api.letsencrypt.org/directory",
  /** For trials: generous limits, and certificates that nobody trusts. */
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const

/** How an authority finds out that a host is ours. */
export type ChallengeType = "tls-alpn-01" | "http-01"

/** What certificates are asked for with. */
export interface AcmeOptions {
  /**
   * The names and public IPv4 addresses that the certificate is for. With `startWebhook` the host of
   * `webhookUrl` by default.
   */
  readonly hosts?: readonly string[] | undefined
  /** Whom the authority tells of trouble. Nobody by default. */
  readonly email?: string | undefined
  /** That you agree to the authority's terms of service, which the error shows where it is missing. */
  readonly termsOfServiceAgreed: true
  /** The URL of the authority's directory. That of {@link letsEncrypt} by default. */
  readonly directory?: string | undefined
  /** Whether the directory for trials of Let's Encrypt is meant. `false` by default. */
  readonly staging?: boolean | undefined
  /** Where account and certificates are kept; processes may share it. `acme` by default. */
  readonly folder?: string | undefined
  /**
   * How the host is shown to be ours: over TLS on the webhook's own port, which has to be reached by
   * port 443 from the internet, or over HTTP on port 80. With `startWebhook` the first where the port
   * of `webhookUrl` is 443, else the second; otherwise the first by default.
   */
  readonly challenge?: ChallengeType | undefined
  /** The port on which http-01 is answered, where port 80 is forwarded to another. 80 by default. */
  readonly httpPort?: number | undefined
  /** The address on which http-01 is answered. `0.0.0.0` by default. */
  readonly httpListen?: string | undefined
  /**
   * The kind of certificate, where the authority has several. Its default by default; for an IP
   * address `shortlived` where there is such a one, as Let's Encrypt wants it.
   */
  readonly profile?: string | undefined
  /** The account at the authority that this one belongs to, where it wants one. */
  readonly externalAccount?: { readonly keyId: string; readonly hmacKey: string } | undefined
  /** The certificate, as PEM text, of whoever certifies the directory, where that is no public one. */
  readonly directoryCa?: string | undefined
  /**
   * After which part of its life a certificate is renewed; up to a twentieth earlier, so that not all
   * come at once. 0.67 by default.
   */
  readonly renewAt?: number | undefined
  /** Where it says what it does and what fails. `console`, without its `info`, by default. */
  readonly logger?: Logger | undefined
}

/** Options that have been found right. */
export interface AcmeSettings {
  readonly hosts: readonly string[]
  readonly email: string | undefined
  readonly directory: URL
  readonly folder: string
  readonly challenge: ChallengeType
  readonly httpPort: number
  readonly httpListen: string
  readonly profile: string | undefined
  readonly externalAccount: { readonly keyId: string; readonly hmacKey: string } | undefined
  readonly directoryCa: string | undefined
  readonly renewAt: number
  readonly logger: Logger
}

/** @throws TypeError for options that cannot be right */
export function expectAcmeOptions(options: AcmeOptions): AcmeSettings {
  const { challenge = "tls-alpn-01", httpPort = 80, renewAt = 0.67 } = options
  const { email, profile, externalAccount, directoryCa, logger } = options
  if (challenge !== "tls-alpn-01" && challenge !== "http-01") {
    unexpectedOption("acme.challenge", '"tls-alpn-01" or "http-01"', challenge)
  }
  if (typeof renewAt !== "number" || !(renewAt > 0 && renewAt < 1)) {
    unexpectedOption("acme.renewAt", "a number between 0 and 1", renewAt)
  }
  return {
    hosts: expectHosts(options.hosts),
    email: email === undefined ? undefined : expectEmail(email),
    directory: expectDirectory(options),
    folder: expectText("acme.folder", options.folder ?? "acme"),
    challenge,
    httpPort: expectInteger("acme.httpPort", httpPort, 0, 65_535),
    httpListen: expectText("acme.httpListen", options.httpListen ?? "0.0.0.0"),
    profile,
    externalAccount,
    directoryCa,
    renewAt,
    logger: guardedLogger(logger),
  }
}

function expectHosts(hosts: readonly string[] | undefined): string[] {
  if (!Array.isArray(hosts) || hosts.length === 0) {
    return unexpectedOption("acme.hosts", "a list of at least one host", hosts)
  }
  return [...new Set(hosts.map((host: unknown) => expectIssuable(host)))]
}

/** Either challenge is for one host at a time. */
function expectIssuable(host: unknown): string {
  const name = expectHost("acme.hosts", host)
  if (!name.startsWith("*")) return name
  throw new TypeError(
    `An authority gives no certificate for ${name} by these challenges: name each host, or get the ` +
      "certificate with a program that changes DNS, and give its files as `key` and `cert`.",
  )
}

function expectEmail(email: string): string {
  if (typeof email === "string" && /^[^@\s]+@[^@\s]+$/.test(email)) return email
  return unexpectedOption("acme.email", "an e-mail address", email)
}

function expectDirectory({ directory, staging = false }: AcmeOptions): URL {
  if (directory !== undefined && staging) {
    throw new TypeError("Expected either the `acme.directory` or the `acme.staging` option.")
  }
  const usual = staging ? letsEncrypt.staging : letsEncrypt.production
  const text = directory ?? usual
  if (typeof text === "string" && URL.canParse(text) && text.startsWith("https://")) {
    return new URL(text)
  }
  return unexpectedOption("acme.directory", "the https: URL of a directory", directory)
}
