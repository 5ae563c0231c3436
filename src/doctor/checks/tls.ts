import { certificateProblems } from "../../certificate/index.js"
import { type Check, passed, withFindings } from "../check.js"
import { finding } from "../finding.js"
import { openTcp } from "../probes/tcp.js"
import { plainHttpAnswer } from "../probes/plain-http.js"
import { readServedCertificate } from "../probes/served-certificate.js"
import { anyKeyOptions, probeTls, type TlsOutcome } from "../probes/tls.js"
import type { Evidence } from "../evidence.js"
import { certificateFinding } from "./certificate.js"
import { hostOf } from "./dns.js"
import { serverName } from "./server-name.js"

/** The check that a TLS handshake with the URL's host name succeeds, with any certificate. */
export const tlsCheck: Check = {
  name: "tls",
  title: "TLS",
  needs: ["connection"],
  skipReason: ({ url }) => (url?.protocol === "https:" ? undefined : "the URL is not https:"),
  async look(evidence) {
    const { target, options } = evidence
    if (!target) return {}
    const name = serverName(hostOf(evidence))
    const tls = await probeTls(target, name, options.timeoutMs)
    if (tls.kind === "secure") return { tls }
    if (isAlert(tls)) {
      const served = await readServedCertificate(
        target,
        { ...name, ...anyKeyOptions() },
        options.timeoutMs,
      )
      return { tls, ...(served && { served }) }
    }
    const open = () => openTcp(target, options.timeoutMs)
    return { tls, speaksHttp: await plainHttpAnswer(open, options.timeoutMs) }
  },
  judge(evidence) {
    const { tls } = evidence
    if (tls?.kind === "secure") return passed(tls.protocol.replace("v", " "))
    const reason = tls?.reason ?? "no answer"
    if (evidence.speaksHttp === true) return withFindings("plain HTTP", plainHttp())
    if (/unrecognized name|alert internal error/.test(reason)) {
      return withFindings(reason, noCertificate(hostOf(evidence), reason))
    }
    const keyFault = keyFaultOf(evidence)
    if (keyFault) return withFindings(reason, keyFault)
    if (/protocol version|unsupported protocol|no shared cipher|handshake failure/.test(reason)) {
      return withFindings(reason, tlsTooOld(reason))
    }
    return withFindings(reason, tlsFailed(evidence, reason))
  },
}

/**
 * Returns the finding for a key that Telegram does not support. `look` reads the certificate as a client that
 * supports every curve, because the server refuses other clients.
 */
function keyFaultOf({ served }: Evidence) {
  if (!served) return undefined
  const problems = certificateProblems({ cert: served.pem, uploaded: true })
  const problem = problems.find(({ code }) => code === "key-type" || code === "weak-key")
  return problem && certificateFinding(problem)
}

/** Returns true if the server speaks TLS but refused the handshake. */
function isAlert(tls: TlsOutcome): boolean {
  return tls.kind === "failed" && /alert|unrecognized|unsupported protocol/.test(tls.reason)
}

function plainHttp() {
  return finding("plain-http", {
    seen: "The server speaks plain HTTP on this port, but the URL is https.",
    why: "Telegram speaks TLS on every port, and its handshake fails here.",
    fix: "Give the bot's server `key` and `cert`, or let the proxy terminate TLS on this port: `listen 443 ssl` in nginx, `bind :443 ssl crt …` in haproxy (`sounder proxy` writes such a configuration).",
  })
}

function noCertificate(host: string, reason: string) {
  return finding("no-certificate-for-host", {
    seen: `The server refused the handshake for the host ${host} (${reason}).`,
    why: "Telegram names the URL's host in the handshake (SNI), and the server has no certificate for this host.",
    fix: `Give the server or the proxy a certificate for ${host}, or register a URL with a host that the server has a certificate for.`,
  })
}

function tlsTooOld(reason: string) {
  return finding("tls-too-old", {
    seen: `The handshake failed with "${reason}": the server offers neither TLS 1.2 nor 1.3 with a common cipher.`,
    why: "Telegram requires TLS 1.2 or newer.",
    fix: "Switch on TLS 1.2 and 1.3, and use the server's default list of ciphers.",
  })
}

function tlsFailed({ target }: Evidence, reason: string) {
  return finding("tls-failed", {
    seen: `The TLS handshake with ${target?.address}:${target?.port} failed: ${reason}.`,
    why: "Telegram speaks TLS on every port, and its handshake fails here.",
    fix: "Read the log of the server on this port. Usual causes: a program that is not a web server, a server that expects the PROXY protocol or a client certificate, a key that does not belong to the certificate.",
  })
}
