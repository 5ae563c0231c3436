/**
 * The choice of a proxy for outgoing requests.
 *
 * @module
 */
import { getProxyForUrl } from "proxy-from-env"
import { proxyUrl } from "./proxy-url.js"

/** The URL of a proxy, `false` for none, or `undefined` for the proxy that the environment variables name. */
export type ProxyOption = string | false | undefined

/**
 * Returns the proxy for an origin: the `proxy` option, otherwise the proxy that `HTTPS_PROXY`,
 * `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name. Requests to this machine never use the environment's proxy.
 *
 * @throws TypeError for an invalid URL of a proxy
 */
export function proxyFor(origin: string, option: ProxyOption): URL | undefined {
  if (option === false) return undefined
  if (option !== undefined) return proxyUrl("proxy", option)
  if (isThisMachine(new URL(origin).hostname)) return undefined
  const named = getProxyForUrl(origin)
  return named === "" ? undefined : proxyUrl("HTTPS_PROXY", named)
}

/**
 * Returns whether a host is this machine. As in Go and browsers, a request to such a host uses no proxy: the
 * proxy would send the request to the proxy's own machine.
 */
function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.|\.localhost$/.test(host)
}
