import { lookup, Resolver } from "node:dns/promises"
import { errorCode, errorText } from "../../ground/error-text.js"

/** What DNS says of a name. */
export type DnsAnswer =
  | { readonly kind: "found"; readonly v4: readonly string[]; readonly v6: readonly string[] }
  | { readonly kind: "missing" }
  /** A resolver was asked, and answered that the zone is broken. */
  | { readonly kind: "broken"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string }

/**
 * Asks DNS for a name, as Telegram does: the resolver and nothing but it, because what is in
 * `/etc/hosts` is known on this machine only.
 *
 * @param servers the resolvers to ask, as `1.1.1.1` or `127.0.0.1:5353`; the system's by default
 */
export async function askDns(
  name: string,
  options: {
    readonly servers: readonly string[] | undefined
    readonly timeoutMs: number
    /** Whether a Bot API server on this machine asks, for which `/etc/hosts` counts. */
    readonly isLocal?: boolean
  },
): Promise<DnsAnswer> {
  const { servers, timeoutMs, isLocal = false } = options
  const own = isLocal && servers === undefined ? await askSystem(name) : undefined
  if (own) return own
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 })
  if (servers !== undefined) resolver.setServers(servers)
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  const answer = answerOf(v4, v6)
  if (answer.kind !== "failed" || servers !== undefined) return answer
  return (await askSystem(name)) ?? answer
}

/** Where no resolver can be reached, the system may have other ways to find a name. */
async function askSystem(name: string): Promise<DnsAnswer | undefined> {
  try {
    const all = await lookup(name, { all: true })
    const of = (wanted: number) =>
      all.filter(({ family }) => family === wanted).map(({ address }) => address)
    return { kind: "found", v4: of(4), v6: of(6) }
  } catch {
    return undefined
  }
}

/** What two questions have come to: one answer is enough. */
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
    return { kind: brokenZone.includes(reason) ? "broken" : "failed", reason }
  }
  return found.v6.length > 0 ? found : { kind: "missing" }
}

/** The answers of a resolver that has reached the zone and got nothing it may pass on. */
const brokenZone = ["ESERVFAIL", "EREFUSED", "EFORMERR", "EBADRESP"]

function isMissing(error: unknown): boolean {
  return ["ENOTFOUND", "ENODATA"].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  return errorCode(error) || errorText(error)
}
