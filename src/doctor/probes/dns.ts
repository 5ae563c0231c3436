import { lookup, Resolver } from "node:dns/promises"
import { errorCode, errorText } from "../../ground/error-text.js"

/** The result of a DNS lookup. */
export type DnsAnswer =
  | { readonly kind: "found"; readonly v4: readonly string[]; readonly v6: readonly string[] }
  | { readonly kind: "missing" }
  /** The resolver answered with an error, because the zone is broken. */
  | { readonly kind: "broken"; readonly reason: string }
  /** No resolver answered. */
  | { readonly kind: "failed"; readonly reason: string }

/**
 * Resolves a host name as Telegram does, with a DNS resolver and without `/etc/hosts`, whose names
 * exist on this machine only. If no resolver answers, the system's own lookup is the last resort.
 *
 * @param options.servers the resolvers, as in `1.1.1.1` or `127.0.0.1:5353`. Default: the system's
 */
export async function queryDns(
  name: string,
  options: {
    readonly servers: readonly string[] | undefined
    readonly timeoutMs: number
    /** True for a Bot API server on this machine, which also reads `/etc/hosts`. */
    readonly isLocal?: boolean
  },
): Promise<DnsAnswer> {
  const { servers, timeoutMs, isLocal = false } = options
  const systemAnswer = isLocal && servers === undefined ? await lookUpBySystem(name) : undefined
  if (systemAnswer) return systemAnswer
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 })
  if (servers !== undefined) resolver.setServers(servers)
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  const answer = answerOf(v4, v6)
  if (answer.kind !== "failed" || servers !== undefined) return answer
  return (await lookUpBySystem(name)) ?? answer
}

/** Resolves a name by the system's own lookup, which reads `/etc/hosts`, mDNS and the like. */
async function lookUpBySystem(name: string): Promise<DnsAnswer | undefined> {
  try {
    const all = await lookup(name, { all: true })
    const addressesOf = (version: number) =>
      all.filter(({ family }) => family === version).map(({ address }) => address)
    return { kind: "found", v4: addressesOf(4), v6: addressesOf(6) }
  } catch {
    return undefined
  }
}

/**
 * Combines the results of the queries for IPv4 (A) and IPv6 (AAAA) addresses. An IPv4 address makes the
 * name `found`. IPv6 addresses alone do so only if the IPv4 query had no error other than a missing
 * record. An error of the IPv6 query is ignored.
 */
export function answerOf(
  v4: PromiseSettledResult<string[]>,
  v6: PromiseSettledResult<string[]>,
): DnsAnswer {
  const addresses = (result: PromiseSettledResult<string[]>) =>
    result.status === "fulfilled" ? result.value : []
  const found = { kind: "found", v4: addresses(v4), v6: addresses(v6) } as const
  if (found.v4.length > 0) return found
  if (v4.status === "rejected" && !isMissing(v4.reason)) {
    const reason = codeOf(v4.reason)
    return { kind: brokenZoneCodes.includes(reason) ? "broken" : "failed", reason }
  }
  return found.v6.length > 0 ? found : { kind: "missing" }
}

/** The error codes of a resolver that answers, but got no valid answer from the zone's name servers. */
const brokenZoneCodes = ["ESERVFAIL", "EREFUSED", "EFORMERR", "EBADRESP"]

function isMissing(error: unknown): boolean {
  return ["ENOTFOUND", "ENODATA"].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  return errorCode(error) || errorText(error)
}
