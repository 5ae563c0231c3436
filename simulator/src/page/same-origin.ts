import type { IncomingMessage } from "node:http"
import { isIP } from "node:net"
import { hostname } from "node:os"

/**
 * Why a request is refused: it was not sent by this page itself. A name that an attacker's own
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
