import { type Check, passed, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { probeBackend } from "../probes/backend.js"
import { exchange, type HttpOutcome } from "../probes/http-exchange.js"
import { probeTls } from "../probes/tls.js"
import type { Evidence } from "../evidence.js"
import { hostOf } from "./dns.js"
import { opener, probeRequest } from "./probe-request.js"
import { serverName } from "./server-name.js"
import { judgeStatus } from "./status.js"

/** The time from which on an answer is slow, in milliseconds. */
const slowMs = 5_000

/**
 * The check of the bot's answer to a harmless request: a POST with a wrong secret and the body `{}`.
 * Most frameworks refuse the wrong secret; a framework that ignores it finds no update to handle. The
 * body is not empty, because an empty body crashes some programs.
 */
export const answerCheck: Check = {
  name: "answer",
  title: "Answer",
  needs: ["connection", "tls"],
  skipReason: ({ target }) => (target ? undefined : "there is no URL"),
  async look(evidence) {
    const { options } = evidence
    const open = opener(evidence)
    const answer = await exchange(open, probeRequest(evidence, "POST"), options.timeoutMs)
    if (needsNoFurtherRequest(answer)) return { answer }
    const head = isUnclear(answer)
      ? await exchange(open, probeRequest(evidence, "HEAD"), options.timeoutMs)
      : undefined
    const backend =
      options.backend === undefined
        ? undefined
        : await probeBackend(options.backend, options.timeoutMs)
    return {
      answer,
      ...(head && { head }),
      speaksOnlyHttp2: await isOnlyHttp2(evidence, answer),
      ...(backend && { backend }),
    }
  },
  judge(evidence) {
    const { answer, options } = evidence
    if (!answer) return passed("")
    if (evidence.speaksOnlyHttp2 === true) return blockedBy("HTTP/2 only", onlyHttp2())
    if (answer.kind === "timeout") return blockedBy("none", noAnswer(options.timeoutMs))
    if (answer.kind === "closed") return blockedBy("none", connectionCut(answer.reason))
    if (answer.kind === "not-http") return blockedBy("no HTTP/1.1", notHttp(answer.reason))
    if (answer.kind === "interim")
      return blockedBy(`${answer.status}`, interimResponse(answer.status))
    const verdict = judgeStatus(answer, evidence)
    if (answer.ms < slowMs || verdict.findings.length > 0) return verdict
    return { ...verdict, findings: [slowAnswer(answer.ms)] }
  },
}

/** Returns true for a status that needs no further request to judge. */
function needsNoFurtherRequest(answer: HttpOutcome): boolean {
  return answer.kind === "answered" && (answer.status < 300 || answer.status === 401)
}

/**
 * Returns true for a status whose cause a second request, a HEAD, has to find out. A program that also
 * fails on the HEAD fails on every request, and a server that also refuses the HEAD refuses everything.
 */
function isUnclear(answer: HttpOutcome): boolean {
  return answer.kind === "answered" && (answer.status === 403 || answer.status >= 500)
}

/** Resolves with true if a server negotiates HTTP/2 (by ALPN) and refuses HTTP/1.1. */
async function isOnlyHttp2(evidence: Evidence, answer: HttpOutcome): Promise<boolean> {
  const { target, url, options } = evidence
  const isRefused =
    answer.kind === "not-http" ||
    answer.kind === "closed" ||
    (answer.kind === "answered" && [400, 403, 421, 426, 505].includes(answer.status))
  if (!target || url?.protocol !== "https:" || !isRefused) return false
  const offer = (alpn: string) => {
    const tlsOptions = { ...serverName(hostOf(evidence)), ALPNProtocols: [alpn] }
    return probeTls(target, tlsOptions, options.timeoutMs)
  }
  const [http2, http1] = [await offer("h2"), await offer("http/1.1")]
  const speaksHttp2 = http2.kind === "secure" && http2.alpn === "h2"
  return speaksHttp2 && !(http1.kind === "secure" && http1.alpn === "http/1.1")
}

/** Returns a verdict with findings, after which the checks that need `answerCheck` are skipped. */
function blockedBy(note: string, ...findings: Verdict["findings"]): Verdict {
  return { note, findings, blocks: true }
}

function onlyHttp2() {
  return finding("http2-only", {
    seen: "The server speaks HTTP/2 and refuses HTTP/1.1.",
    why: "Telegram speaks only HTTP/1.1.",
    fix: "Let the server or the proxy speak both: `alpn h2,http/1.1` in haproxy, `allowHTTP1: true` in Node.",
  })
}

function noAnswer(timeoutMs: number) {
  return finding("no-answer", {
    seen: `The server did not answer a request within ${timeoutMs / 1000} s.`,
    why: "Telegram waits 60 s and then sends the update again. Telegram opens more connections only while answers take less than 10 s, so one slow answer delays every chat.",
    fix: "Answer as soon as the update is stored, and handle it afterwards. If the bot already does so, the proxy does not reach the bot: check the address to which the proxy forwards.",
  })
}

function slowAnswer(ms: number) {
  return finding("slow-answer", {
    seen: `The server took ${(ms / 1000).toFixed(1)} s to answer a request.`,
    why: "Telegram opens more connections only while answers take less than 10 s, so slow answers delay every chat.",
    fix: "Answer as soon as the update is stored, and handle it afterwards. If the hosting provider suspends idle programs, switch this off.",
  })
}

function connectionCut(reason: string) {
  return finding("connection-cut", {
    seen: `The server closed the connection without an answer (${reason}).`,
    why: "Telegram sends the update again, and records no error in getWebhookInfo.",
    fix: "Read the logs of the server and of the proxy. Usual causes: a crash, a proxy that forwards plain HTTP to a server that expects TLS, a rule that drops the request.",
  })
}

function notHttp(reason: string) {
  return finding("not-http", {
    seen: `The server's answer is not HTTP/1.1 (${reason}).`,
    why: "Telegram speaks only HTTP/1.1.",
    fix: "Check that a web server listens on this port, and that it speaks HTTP/1.1.",
  })
}

function interimResponse(status: number) {
  return finding("interim-response", {
    seen: `The server sent an interim response (${status}) before the final one.`,
    why: "Telegram takes the interim response for the answer, counts the delivery as failed, and misreads the answers that follow.",
    fix: "Switch off early hints in the server or the proxy.",
  })
}
