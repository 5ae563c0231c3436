import { expectHost } from "../certificate/host.js"
import {
  expectInteger,
  expectText,
  unexpectedOption,
  type OptionNames,
  expectOptionsObject,
} from "../ground/expect-option.js"
import type { Logger } from "../ground/logger.js"
import { guardedLogger } from "../telegram/guarded-logger.js"

/** The URLs of Let's Encrypt's ACME directories. */
export const letsEncrypt = {
  /** The directory for publicly trusted certificates. Failed orders count against hourly rate limits. */
  production: "https://acme-v02.api.letsencrypt.org/directory",
  /** The directory for tests, with generous rate limits and certificates that no client trusts. */
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const

/** The challenges by which an authority verifies that a host belongs to this server. */
export type ChallengeType = "tls-alpn-01" | "http-01"

/** The options of certificates from an ACME authority. */
export interface AcmeOptions {
  /**
   * The names and public IPv4 addresses that the certificate is for. Default with `startWebhook`:
   * the host of `webhookUrl`.
   */
  readonly hosts?: readonly string[] | undefined
  /** The e-mail address to which the authority writes about problems. Default: none. */
  readonly email?: string | undefined
  /**
   * Your consent to the authority's terms of service; the error for a missing consent shows their
   * URL.
   */
  readonly termsOfServiceAgreed: true
  /** The URL of the authority's directory. Default: Let's Encrypt's, for production or for tests. */
  readonly directory?: string | undefined
  /**
   * Whether Let's Encrypt's directory for tests is used; Telegram does not trust its certificates.
   * Default: `false`.
   */
  readonly staging?: boolean | undefined
  /**
   * The folder of the account and the certificates; several processes may share it. Back it up, and mount
   * it into a container. Default: `acme`.
   */
  readonly folder?: string | undefined
  /**
   * The proof that the host is yours. `"tls-alpn-01"` uses TLS on the webhook's own port, which has
   * to be reachable from the internet as port 443. `"http-01"` uses HTTP on port 80. Default:
   * `"http-01"` with `startWebhook` if `webhookUrl` has a port other than 443, otherwise `"tls-alpn-01"`.
   */
  readonly challenge?: ChallengeType | undefined
  /** The local port that answers `"http-01"`, if port 80 is forwarded to another port. Default: 80. */
  readonly httpPort?: number | undefined
  /** The local address that answers `"http-01"`. Default: `0.0.0.0`. */
  readonly httpListen?: string | undefined
  /**
   * The certificate profile, if the authority offers several. Default: the authority's default; for an IP
   * address `shortlived` if the authority offers it, as Let's Encrypt requires.
   */
  readonly profile?: string | undefined
  /**
   * The account on the authority's web site to which the ACME account is bound, if the authority requires
   * one. Default: none.
   */
  readonly externalAccount?: { readonly keyId: string; readonly hmacKey: string } | undefined
  /**
   * The root certificate, as PEM text, of the directory's HTTPS server, if the root is not a public one.
   * Default: none.
   */
  readonly directoryCa?: string | undefined
  /**
   * The fraction of a certificate's lifetime after which the certificate is renewed. A random number of at
   * most 0.05 is subtracted, so that renewals do not coincide. Default: 0.67.
   */
  readonly renewAt?: number | undefined
  /** The destination of log lines. Default: `console`, without its `info`. */
  readonly logger?: Logger | undefined
}

const optionNames: OptionNames<AcmeOptions> = {
  hosts: true,
  email: true,
  termsOfServiceAgreed: true,
  directory: true,
  staging: true,
  folder: true,
  challenge: true,
  httpPort: true,
  httpListen: true,
  profile: true,
  externalAccount: true,
  directoryCa: true,
  renewAt: true,
  logger: true,
}

/** The checked options of an {@link AcmeCertificate}, with defaults filled in. See {@link AcmeOptions}. */
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

/** Checks options and fills in defaults. Throws a `TypeError` for a wrong option. */
export function expectAcmeOptions(options: AcmeOptions): AcmeSettings {
  expectOptionsObject(options, "{ termsOfServiceAgreed: true }", optionNames)
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

/** Throws for a wildcard, which neither challenge can verify. */
function expectIssuable(host: unknown): string {
  const name = expectHost("acme.hosts", host)
  if (!name.startsWith("*")) return name
  throw new TypeError(
    `No authority issues a certificate for ${name} by these challenges: give each host, or get a ` +
      "wildcard certificate from a program that supports DNS challenges, and give its files as `key` and `cert`.",
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
