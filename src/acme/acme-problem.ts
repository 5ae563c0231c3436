import { ownValue } from "../ground/own-value.js"
import { errorCode, errorSentence } from "../ground/error-text.js"
import { SounderError } from "../telegram/errors.js"
import type { AcmeSettings } from "./acme-options.js"

/** A problem document (RFC 7807), with which an authority refuses a request. */
export interface AcmeProblem {
  /** The type, as in `urn:ietf:params:acme:error:rateLimited`. */
  readonly type?: string
  /** The reason as text for a person. */
  readonly detail?: string
  /** The problems of single hosts. */
  readonly subproblems?: readonly (AcmeProblem & { readonly identifier?: { value?: string } })[]
}

/** The refusal of a request by an authority. */
export class AcmeRefusal extends Error {
  /** The problem document. */
  readonly problem: AcmeProblem
  /** The pause that the authority demands, in seconds; `undefined` if it demands none. */
  readonly retryAfter: number | undefined

  constructor(problem: AcmeProblem, retryAfter?: number) {
    super(problemText(problem))
    this.problem = problem
    this.retryAfter = retryAfter
  }

  /** The last part of the problem's type, as in `rateLimited`. */
  get kind(): string {
    return kindOf(this.problem)
  }
}

/** The settings that the advice mentions. */
type Context = Pick<AcmeSettings, "hosts" | "directory" | "challenge" | "httpPort">

/** Returns the error for a failed order: the hosts, the reason of the authority, and the fix. */
export function explainAcme(error: unknown, context: Context): SounderError {
  const { hosts, directory } = context
  const prefix = `No certificate for ${hosts.join(", ")} from ${directory.host}`
  const advice = adviceFor(error, context)
  const message = `${prefix}: ${errorSentence(error)} ${advice}`.trimEnd()
  return new SounderError("acme-failed", message, { cause: error })
}

function adviceFor(error: unknown, context: Context): string {
  if (!(error instanceof AcmeRefusal)) return adviceForFailure(error, context)
  const kindByText = kindsByText.find(([pattern]) => pattern.test(error.message))?.[1]
  const { subproblems } = error.problem
  const subproblemList = Array.isArray(subproblems) ? subproblems : []
  const kinds = [error.problem, ...subproblemList].map(kindOf)
  for (const kind of [kindByText ?? "", ...kinds.toReversed()]) {
    const advice = ownValue(advices, kind)
    if (advice) return advice(context, error)
  }
  return ""
}

function adviceForFailure(error: unknown, { directory }: Context): string {
  const code = errorCode(error)
  if (/SELF_SIGNED|UNABLE_TO|CERT_|ALTNAME/.test(code)) {
    return `This machine does not trust the certificate of ${directory.host}: for an authority of your own, give its root as \`directoryCa\``
  }
  if (/ECONN|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|TIMEOUT|UND_ERR/.test(code)) {
    return `This machine cannot reach the authority: check \`directory\`, DNS, and that a firewall permits calls to ${directory.host} port ${directory.port || 443}`
  }
  return ""
}

/**
 * Patterns for the text of a problem, with the kind of the problem. A match takes precedence over the type of
 * the problem, because some authorities send a type that is too general.
 */
const kindsByText: readonly (readonly [RegExp, string])[] = [
  [/could not resolve|NXDOMAIN|SERVFAIL|no valid (A|IP)/i, "dns"],
  [/failed to connect|connection refused|timeout|timed out|no route/i, "connection"],
]

/** The fixes by the kind of the problem. */
const advices: Readonly<Record<string, (context: Context, refusal: AcmeRefusal) => string>> = {
  rateLimited: (_, { retryAfter }) =>
    `The authority's rate limit is exhausted${retryAfter === undefined ? "" : ` for ${Math.ceil(retryAfter / 60)} min`}. ` +
    "Keep the folder between starts, so that each start does not order a new certificate, and use `staging` for tests",
  dns: ({ hosts }) =>
    `DNS has no usable address for the host: give ${hosts.join(", ")} an A record with this server's public address, and wait until resolvers know it`,
  caa: ({ directory }) =>
    `A CAA record in DNS lists the authorities that may issue certificates for the host: add this authority (${directory.host}), or use a listed one`,
  connection: (context) => `No server answers at the host: ${reachability(context)}`,
  unauthorized: (context) =>
    `Another server answered in place of this bot: ${reachability(context)}. Check the A and AAAA records, and any proxy in front of the bot`,
  tls: (context) =>
    `The authority found no TLS, or the TLS of another server: ${reachability(context)}, without a proxy that terminates TLS in between`,
  incorrectResponse: (context) =>
    `Another server answered in place of this bot: ${reachability(context)}`,
  rejectedIdentifier: () =>
    "This authority issues no certificate for this host: use another host name or another authority",
  unsupportedIdentifier: () =>
    "This authority issues no certificates for hosts of this type, such as IP addresses: use a host name or another authority",
  userActionRequired: () =>
    "The authority's terms of service have changed: read them, and agree to them on its web site or with a new account",
  externalAccountRequired: () =>
    "The authority requires an account of its web site: give the account's key as `externalAccount: { keyId, hmacKey }`",
  invalidContact: () => "The authority does not accept the e-mail address: check `email`",
  unsupportedContact: () => "The authority does not accept the e-mail address: check `email`",
  invalidProfile: () => "The authority does not offer this certificate profile: check `profile`",
  serverInternal: () => "The authority has an internal error: Sounder tries again later",
}

/** Returns the requirement of the challenge: the port that the authority has to reach. */
function reachability({ hosts, challenge, httpPort }: Context): string {
  const host = hosts.join(", ")
  return challenge === "tls-alpn-01"
    ? `port 443 of ${host} has to reach this webhook's server from the internet; if it cannot, use \`challenge: "http-01"\``
    : `port 80 of ${host} has to reach port ${httpPort} of this machine from the internet`
}

/**
 * Returns the text of a problem document on one line of bounded length. The document comes from the
 * network, so its members may have any type.
 */
function problemText(problem: AcmeProblem): string {
  const subproblems: unknown = problem.subproblems
  const parts = (Array.isArray(subproblems) ? (subproblems as AcmeProblem[]) : [])
    .slice(0, maxSubproblems)
    .map((part) => `${memberText(part, "identifier") || "a host"}: ${memberText(part, "detail")}`)
  const summary =
    memberText(problem, "detail") || memberText(problem, "type") || "the authority gave no reason"
  const text = [summary, ...parts].join("; ").replaceAll(/[\s\p{Cc}]+/gu, " ")
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}

const maxSubproblems = 20
const maxLength = 500

function memberText(problem: unknown, name: "detail" | "type" | "identifier"): string {
  if (typeof problem !== "object" || problem === null) return ""
  const value: unknown = Reflect.get(problem, name)
  if (typeof value === "string") return value
  const nested: unknown = typeof value === "object" && value !== null && Reflect.get(value, "value")
  return typeof nested === "string" ? nested : ""
}

function kindOf(problem: AcmeProblem): string {
  return memberText(problem, "type").replace(/^.*:/, "")
}
