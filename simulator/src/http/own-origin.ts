import type { IncomingMessage } from "node:http"
import { isIP } from "node:net"
import { hostname } from "node:os"

/**
 * Why a call of the Bot API is refused: a browser sends it for another website, which may know the
 * token of a bot or guess it. Bots send no `Origin`, and reach a simulator that listens on this
 * machine alone by a number or by a name of this machine.
 *
 * @param host the address on which the simulator was told to listen
 */
export function whyFromWebsite(request: IncomingMessage, host: string): string | undefined {
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
 * Why a request of the page is refused: it was not sent by this page itself. A name that an attacker's own
 * server of names points to this machine is no name of this page, and a foreign website can neither
 * send its `Origin` nor JSON.
 *
 * @param host the address on which the simulator was told to listen
 */
export function whyForeign(request: IncomingMessage, host: string): string | undefined {
  const named = request.headers.host ?? ""
  if (!isOwnName(hostOf(named), host)) return `the page is not served as ${JSON.stringify(named)}`
  if (request.headers["sec-fetch-site"] === "cross-site") return "it comes from another website"
  const { origin } = request.headers
  if (origin !== undefined && origin !== `http://${named}`) return "it comes from another website"
  if (request.method !== "POST") return undefined
  const isJson = /^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")
  return isJson ? undefined : "its content type is not application/json"
}

// A number cannot be pointed elsewhere, unlike a name.
function isOwnName(name: string, host: string): boolean {
  if (isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost")) return true
  return name !== "" && (name === host.toLowerCase() || name === hostname().toLowerCase())
}

function hostOf(header: string): string {
  const [, inBrackets, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(header) ?? []
  return (inBrackets ?? plain ?? "").toLowerCase()
}
