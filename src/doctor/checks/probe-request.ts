import type { Socket } from "node:net"
import type { ProbeRequest } from "../probes/http-exchange.js"
import { openTcp } from "../probes/tcp.js"
import { openTls } from "../probes/tls.js"
import type { Evidence } from "../evidence.js"
import { hostOf } from "./dns.js"
import { serverName } from "./server-name.js"
import { decodePercent } from "../../ground/decode-percent.js"

/** Returns a function that connects to the examined server and accepts any certificate. */
export function opener(evidence: Evidence): () => Promise<Socket> {
  const { target, url, options } = evidence
  return () => {
    if (!target) return Promise.reject(new Error("There is no address"))
    if (url?.protocol !== "https:") return openTcp(target, options.timeoutMs)
    const tlsOptions = { ...serverName(hostOf(evidence)), rejectUnauthorized: false }
    return openTls(target, tlsOptions, options.timeoutMs)
  }
}

/** A secret that no bot has. */
const wrongSecret = "sounder-doctor"

/** A body that is valid JSON and contains no update. */
export const noUpdate = "{}"

/**
 * Returns a request with the headers of Telegram's requests, without an update.
 *
 * @param options.secretToken the secret. Default: a wrong one, so that a bot refuses the request
 * @param options.body the body. Default: `{}` for a POST, and none for a HEAD
 */
export function probeRequest(
  { url }: Evidence,
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

/** Returns the header for the user and password of the URL, which Telegram sends as well. */
function authorizationOf(url: URL | undefined): string | undefined {
  if (!url || (url.username === "" && url.password === "")) return undefined
  const pair = [url.username, url.password].map(decodePercent).join(":")
  return `Basic ${Buffer.from(pair).toString("base64")}`
}

/**
 * Returns true if the answer is Sounder's refusal of a wrong secret. Such a bot can get more requests:
 * without an update, they have no effect.
 */
export function isOfSounder({ answer }: Evidence): boolean {
  if (answer?.kind !== "answered" || answer.status !== 401) return false
  return answer.body.startsWith("The header X-Telegram-Bot-Api-Secret-Token is missing or wrong.")
}
