import { errorClause, errorCode } from "../ground/error-text.js"
import { SounderError } from "../telegram/errors.js"
import type { AcmeSettings } from "./acme-options.js"

/** How an authority says no. */
export interface AcmeProblem {
  /** As `urn:ietf:params:acme:error:rateLimited`. */
  readonly type?: string
  /** Its own words. */
  readonly detail?: string
  /** What is wrong with single hosts. */
  readonly subproblems?: readonly (AcmeProblem & { readonly identifier?: { value?: string } })[]
}

/** An authority has said no. */
export class AcmeRefusal extends Error {
  /** What it said. */
  readonly problem: AcmeProblem
  /** When it may be asked again, in seconds, if it said so. */
  readonly retryAfter: number | undefined

  constructor(problem: AcmeProblem, retryAfter?: number) {
    super(wordsOf(problem))
    this.problem = problem
    this.retryAfter = retryAfter
  }

  /** As `rateLimited`. */
  get kind(): string {
    return kindOf(this.problem)
  }
}

type Context = Pick<AcmeSettings, "hosts" | "directory" | "challenge" | "httpPort">

/** What could not be had, what the authority said, and what to do. */
export function explainAcme(error: unknown, context: Context): SounderError {
  const { hosts, directory } = context
  const head = `No certificate for ${hosts.join(", ")} from ${directory.host}`
  const advice = adviceFor(error, context)
  const message = `${head}: ${errorClause(error)}. ${advice}`.trimEnd()
  return new SounderError("acme-failed", message, { cause: error })
}

function adviceFor(error: unknown, context: Context): string {
  if (!(error instanceof AcmeRefusal)) return adviceForFailure(error, context)
  const spoken = kindOfWords.find(([words]) => words.test(error.message))?.[1]
  const { subproblems } = error.problem
  const below = Array.isArray(subproblems) ? subproblems : []
  const kinds = [error.problem, ...below].map(kindOf)
  for (const kind of [spoken ?? "", ...kinds.toReversed()]) {
    const advice = Object.hasOwn(advices, kind) ? advices[kind] : undefined
    if (advice) return advice(context, error)
  }
  return ""
}

function adviceForFailure(error: unknown, { directory }: Context): string {
  const code = errorCode(error)
  if (/SELF_SIGNED|UNABLE_TO|CERT_|ALTNAME/.test(code)) {
    return `The certificate of ${directory.host} is not trusted here: if it is your own authority, give its root as \`directoryCa\``
  }
  if (/ECONN|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|TIMEOUT|UND_ERR/.test(code)) {
    return `The authority cannot be reached: check \`directory\`, DNS, and that this machine may call ${directory.host} port ${directory.port || 443}`
  }
  return ""
}

/** Some call by another kind what their words tell better. */
const kindOfWords: readonly (readonly [RegExp, string])[] = [
  [/could not resolve|NXDOMAIN|SERVFAIL|no valid (A|IP)/i, "dns"],
  [/failed to connect|connection refused|timeout|timed out|no route/i, "connection"],
]

const advices: Readonly<Record<string, (context: Context, refusal: AcmeRefusal) => string>> = {
  rateLimited: (_, { retryAfter }) =>
    `It was asked too often${retryAfter === undefined ? "" : `, and may be asked again in ${Math.ceil(retryAfter / 60)} min`}. ` +
    "Keep the folder between starts, so that the certificate is there the next time, and use `staging` for trials",
  dns: ({ hosts }) =>
    `DNS has no usable address for it: give ${hosts.join(", ")} an A record with this server's public address, and wait until it is known`,
  caa: ({ directory }) =>
    `A CAA record in DNS names the authorities that may issue for it: add this one (${directory.host}), or use one that is named`,
  connection: (context) => `Nothing answers there: ${reachability(context)}`,
  unauthorized: (context) =>
    `Something else answered in place of this bot: ${reachability(context)}. Check A and AAAA records, and any proxy in front`,
  tls: (context) =>
    `No TLS, or that of something else, was found: ${reachability(context)}, with no proxy that ends TLS between`,
  incorrectResponse: (context) =>
    `Something else answered in place of this bot: ${reachability(context)}`,
  rejectedIdentifier: () =>
    "This authority gives no certificate for such a host: use another name or authority",
  unsupportedIdentifier: () =>
    "This authority gives no certificates for hosts of this kind, as IP addresses: use a name or another authority",
  userActionRequired: () =>
    "Its terms have changed: read them, and agree to them on its pages or with a new account",
  externalAccountRequired: () =>
    "It wants an account of its own pages: give its key as `externalAccount: { keyId, hmacKey }`",
  invalidContact: () => "It does not take the e-mail address: check `email`",
  unsupportedContact: () => "It does not take the e-mail address: check `email`",
  invalidProfile: () => "It has no such kind of certificate: check `profile`",
  serverInternal: () => "That is its own fault, and passes: it is asked again later",
}

function reachability({ hosts, challenge, httpPort }: Context): string {
  const host = hosts.join(", ")
  return challenge === "tls-alpn-01"
    ? `port 443 of ${host} has to lead from the internet to this webhook's server; where it cannot, use \`challenge: "http-01"\``
    : `port 80 of ${host} has to lead from the internet to port ${httpPort} of this machine`
}

/** An authority's own words, in one line of bounded length; they come from outside in any form. */
function wordsOf(problem: AcmeProblem): string {
  const given: unknown = problem.subproblems
  const parts = (Array.isArray(given) ? (given as AcmeProblem[]) : [])
    .slice(0, mostParts)
    .map((part) => `${textIn(part, "identifier") || "a host"}: ${textIn(part, "detail")}`)
  const own = textIn(problem, "detail") || textIn(problem, "type") || "it gave no reason"
  const words = [own, ...parts].join("; ").replaceAll(/[\s\p{Cc}]+/gu, " ")
  return words.length > longestWords ? `${words.slice(0, longestWords)}…` : words
}

const mostParts = 20
const longestWords = 500

function textIn(problem: unknown, name: "detail" | "type" | "identifier"): string {
  if (typeof problem !== "object" || problem === null) return ""
  const value: unknown = Reflect.get(problem, name)
  if (typeof value === "string") return value
  const inner: unknown = typeof value === "object" && value !== null && Reflect.get(value, "value")
  return typeof inner === "string" ? inner : ""
}

function kindOf(problem: AcmeProblem): string {
  return textIn(problem, "type").replace(/^.*:/, "")
}
