import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"
import { openTcp } from "../probes/tcp.js"
import { plainHttpAnswer } from "../probes/plain-http.js"
import { probeTls, type TlsOutcome } from "../probes/tls.js"
import type { Sight } from "../sight.js"
import { hostOf } from "./dns.js"
import { serverName } from "./server-name.js"

/** Whether a TLS handshake comes about, with the name that Telegram asks for. */
export const tlsCheck: Check = {
  name: "tls",
  title: "TLS",
  needs: ["connection"],
  spare: ({ url }) => (url?.protocol === "https:" ? undefined : "the URL is not https:"),
  async look(sight) {
    const { target, given } = sight
    if (!target) return {}
    const tls = await probeTls(target, serverName(hostOf(sight)), given.timeoutMs)
    if (tls.kind === "secure" || isAlert(tls)) return { tls }
    const open = () => openTcp(target, given.timeoutMs)
    return { tls, speaksHttp: await plainHttpAnswer(open, given.timeoutMs) }
  },
  judge(sight) {
    const { tls } = sight
    if (tls?.kind === "secure") return fine(tls.protocol.replace("v", " "))
    const reason = tls?.reason ?? "no answer"
    if (sight.speaksHttp === true) return found("plain HTTP", plainHttp())
    if (/unrecognized name|alert internal error/.test(reason)) {
      return found(reason, noCertificate(hostOf(sight), reason))
    }
    if (/protocol version|unsupported protocol|no shared cipher|handshake failure/.test(reason)) {
      return found(reason, tooOld(reason))
    }
    return found(reason, failed(sight, reason))
  },
}

/** Whether the server has answered in TLS, though with a no. */
function isAlert(tls: TlsOutcome): boolean {
  return tls.kind === "failed" && /alert|unrecognized|unsupported protocol/.test(tls.reason)
}

function plainHttp() {
  return finding("plain-http", {
    seen: "The port answers plain HTTP where the URL says https.",
    why: "Telegram speaks TLS on every port, and gets no further than the handshake.",
    fix: "Give `key` and `cert` to the bot's server, or let the proxy do TLS on this port: `listen 443 ssl` in nginx, `bind :443 ssl crt …` in haproxy (`sounder proxy` writes it).",
  })
}

function noCertificate(host: string, reason: string) {
  return finding("no-certificate-for-host", {
    seen: `The server ended the handshake when it was asked for ${host} (${reason}).`,
    why: "Telegram names the URL's host in the handshake (SNI), and the server has no certificate for it.",
    fix: `Give the server or the proxy a certificate for ${host}, or register the URL with the host that it serves.`,
  })
}

function tooOld(reason: string) {
  return finding("tls-too-old", {
    seen: `The handshake ended with "${reason}": the server offers neither TLS 1.2 nor 1.3 with a usual cipher.`,
    why: "Telegram promises to speak TLS 1.2 and newer only.",
    fix: "Switch TLS 1.2 and 1.3 on, and leave the list of ciphers to the server's defaults.",
  })
}

function failed({ target }: Sight, reason: string) {
  return finding("tls-failed", {
    seen: `No TLS handshake came about at ${target?.address}:${target?.port}: ${reason}.`,
    why: "Telegram speaks TLS on every port, and gets no further.",
    fix: "See the log of what listens there. It may be no web server, wait for the PROXY protocol, ask for a certificate of the client, or have a key and a certificate that do not fit.",
  })
}
