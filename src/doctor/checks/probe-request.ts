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

/** A request without an update, written as Telegram writes its own. */
export function probeRequest(
  { url, given }: Sight,
  method: ProbeRequest["method"],
  { secretToken = given.secret?.token, body = "" }: { secretToken?: string; body?: string } = {},
): ProbeRequest {
  const path = `${url?.pathname ?? "/"}${url?.search ?? ""}`
  return { method, path, host: url?.host ?? "", secretToken, body }
}
