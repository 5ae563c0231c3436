/**
 * Through which proxy requests go, where there is one.
 *
 * @module
 */
import { getProxyForUrl } from "proxy-from-env"
import { proxyUrl } from "./proxy-url.js"

/** A proxy's URL, `false` for none, or what the environment says. */
export type ProxyOption = string | false | undefined

/**
 * Returns the proxy on the way to an origin, by the `proxy` option or else by `HTTPS_PROXY`,
 * `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. The environment's is never used to this machine itself.
 *
 * @throws TypeError for what is no proxy's URL
 */
export function proxyFor(origin: string, option: ProxyOption): URL | undefined {
  if (option === false) return undefined
  if (option !== undefined) return proxyUrl("proxy", option)
  if (isThisMachine(new URL(origin).hostname)) return undefined
  const named = getProxyForUrl(origin)
  return named === "" ? undefined : proxyUrl("HTTPS_PROXY", named)
}

/** As Go and browsers have it: a proxy elsewhere would reach another machine by that name. */
function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.|\.localhost$/.test(host)
}
