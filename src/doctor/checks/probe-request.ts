import type { Socket } from "node:net"
import type { ProbeRequest } from "../probes/http-exchange.js"
import { openTcp } from "../probes/tcp.js"
import { openTls } from "../probes/tls.js"
import type { Sight } from "../sight.js"
import { hostOf } from "./dns.js"
import { serverName } from "./server-name.js"

/** Opens connections to what is examined, whatever its certificate. */
export function opener(sight: Sight): () => Promise<Socket> {
  const { target, url, given } = sight
  return () => {
    if (!target) return Promise.reject(new Error("There is no address"))
    if (url?.protocol !== "https:") return openTcp(target, given.timeoutMs)
    const options = { ...serverName(hostOf(sight)), rejectUnauthorized: false }
    return openTls(target, options, given.timeoutMs)
  }
}

/** Nobody's secret. */
const wrongSecret = "sounder-doctor"

/** An object without an update: whoever reads JSON can read it. */
export const noUpdate = "{}"

/**
 * A request without an update, written as Telegram writes its own. Its secret is a wrong one unless
 * given, so that a bot refuses it before it looks at the body.
 */
export function probeRequest(
  { url }: Sight,
  method: ProbeRequest["method"],
  options: { secretToken?: string | undefined; body?: string } = {},
): ProbeRequest {
  const { secretToken = wrongSecret, body = method === "POST" ? noUpdate : "" } = options
  const path = `${url?.pathname ?? "/"}${url?.search ?? ""}`
  return {
    method,
    path,
    host: url?.host ?? "",
    authorization: authorizationOf(url),
    secretToken,
    body,
  }
}

/** Telegram sends what stands before the host of the URL. */
function authorizationOf(url: URL | undefined): string | undefined {
  if (!url || (url.username === "" && url.password === "")) return undefined
  const pair = [url.username, url.password].map(decoded).join(":")
  return `Basic ${Buffer.from(pair).toString("base64")}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether a refusal is that of a bot of Sounder's, which is known to do nothing without an update. */
export function isOfSounder({ answer }: Sight): boolean {
  if (answer?.kind !== "answered" || answer.status !== 401) return false
  return answer.body.startsWith("The header X-Telegram-Bot-Api-Secret-Token is missing or wrong.")
}
