import type { IncomingMessage } from "node:http"
import { isIP } from "node:net"
import { hostname } from "node:os"

/**
 * Returns the reason to refuse a call of the Bot API that a browser sends for a foreign website,
 * which may know or guess a bot's token; `undefined` for other calls. Bots send no `Origin`, and
 * reach a simulator that listens on this machine alone by an IP address or a name of this machine.
 *
 * @param host the address that the simulator listens on
 */
export function websiteRefusal(request: IncomingMessage, host: string): string | undefined {
  const named = request.headers.host ?? ""
  const { origin } = request.headers
  const isForeign = origin !== undefined && origin !== `http://${named}`
  if (isForeign || request.headers["sec-fetch-site"] === "cross-site") {
    return "the request comes from a website"
  }
  if (named === "" || !isLoopback(host) || isOwnName(hostOf(named), host)) return undefined
  return `the simulator is not reached as ${JSON.stringify(named)}`
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.")
}

/**
 * Returns the reason to refuse a request that the chat page itself did not send; `undefined` for
 * the page's own. A name that an attacker's DNS server resolves to this machine is not accepted as
 * `Host`, and a foreign website can send neither the page's `Origin` nor JSON.
 *
 * @param host the address that the simulator listens on
 */
export function foreignRefusal(request: IncomingMessage, host: string): string | undefined {
  const named = request.headers.host ?? ""
  if (!isOwnName(hostOf(named), host)) return `the page is not served as ${JSON.stringify(named)}`
  if (request.headers["sec-fetch-site"] === "cross-site") return "it comes from another website"
  const { origin } = request.headers
  if (origin !== undefined && origin !== `http://${named}`) return "it comes from another website"
  if (request.method !== "POST") return undefined
  const isJson = /^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")
  return isJson ? undefined : "its content type is not application/json"
}

// Unlike a name, an IP address cannot be redirected by a DNS server.
function isOwnName(name: string, host: string): boolean {
  if (isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost")) return true
  return name !== "" && (name === host.toLowerCase() || name === hostname().toLowerCase())
}

function hostOf(header: string): string {
  const [, inBrackets, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(header) ?? []
  return (inBrackets ?? plain ?? "").toLowerCase()
}
