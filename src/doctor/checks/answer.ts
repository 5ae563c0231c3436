import { type Check, fine, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { probeBackend } from "../probes/backend.js"
import { exchange, type HttpOutcome } from "../probes/http-exchange.js"
import { probeTls } from "../probes/tls.js"
import type { Sight } from "../sight.js"
import { hostOf } from "./dns.js"
import { opener, probeRequest } from "./probe-request.js"
import { serverName } from "./server-name.js"
import { judgeStatus } from "./status.js"

const slowMs = 5_000

/**
 * What the bot answers to a request with a wrong secret and without an update. Frameworks refuse it
 * before they look at it; where one does not, there is nothing in it to be handled. An empty body
 * would end the process of some.
 */
export const answerCheck: Check = {
  name: "answer",
  title: "Answer",
  needs: ["connection", "tls"],
  spare: ({ target }) => (target ? undefined : "there is no URL"),
  async look(sight) {
    const { given } = sight
    const open = opener(sight)
    const answer = await exchange(open, probeRequest(sight, "POST"), given.timeoutMs)
    if (isPlainlyFine(answer)) return { answer }
    const head = isUnclear(answer)
      ? await exchange(open, probeRequest(sight, "HEAD"), given.timeoutMs)
      : undefined
    const behind =
      given.backend === undefined ? undefined : await probeBackend(given.backend, given.timeoutMs)
    return {
      answer,
      ...(head && { head }),
      speaksOnlyHttp2: await isOnlyHttp2(sight, answer),
      ...(behind && { backend: behind }),
    }
  },
  judge(sight) {
    const { answer, given } = sight
    if (!answer) return fine("")
    if (sight.speaksOnlyHttp2 === true) return blocked("HTTP/2 only", onlyHttp2())
    if (answer.kind === "timeout") return blocked("none", noAnswer(given.timeoutMs))
    if (answer.kind === "closed") return blocked("none", closed(answer.reason))
    if (answer.kind === "not-http") return blocked("no HTTP/1.1", notHttp(answer.reason))
    if (answer.kind === "interim") return blocked(`${answer.status}`, interim(answer.status))
    const verdict = judgeStatus(answer, sight)
    if (answer.ms < slowMs || verdict.findings.length > 0) return verdict
    return { ...verdict, findings: [slow(answer.ms)] }
  },
}

function isPlainlyFine(answer: HttpOutcome): boolean {
  return answer.kind === "answered" && (answer.status < 300 || answer.status === 401)
}

/** Whether a program fails on everything, or only on what is no update; whether all is refused. */
function isUnclear(answer: HttpOutcome): boolean {
  return answer.kind === "answered" && (answer.status === 403 || answer.status >= 500)
}

/** Whether a server speaks HTTP/2 where it is asked to, and refuses HTTP/1.1. */
async function isOnlyHttp2(sight: Sight, answer: HttpOutcome): Promise<boolean> {
  const { target, url, given } = sight
  const isRefused =
    answer.kind === "not-http" ||
    answer.kind === "closed" ||
    (answer.kind === "answered" && [400, 403, 421, 426, 505].includes(answer.status))
  if (!target || url?.protocol !== "https:" || !isRefused) return false
  const offer = (alpn: string) => {
    const options = { ...serverName(hostOf(sight)), ALPNProtocols: [alpn] }
    return probeTls(target, options, given.timeoutMs)
  }
  const [second, first] = [await offer("h2"), await offer("http/1.1")]
  const isSecond = second.kind === "secure" && second.alpn === "h2"
  return isSecond && !(first.kind === "secure" && first.alpn === "http/1.1")
}

function blocked(note: string, ...findings: Verdict["findings"]): Verdict {
  return { note, findings, blocks: true }
}

function onlyHttp2() {
  return finding("http2-only", {
    seen: "The server speaks HTTP/2 and refuses HTTP/1.1.",
    why: "Telegram speaks HTTP/1.1 only, and asks for no other version in the handshake.",
    fix: "Let the server or the proxy speak both: `alpn h2,http/1.1` in haproxy, `allowHTTP1: true` in Node.",
  })
}

function noAnswer(timeoutMs: number) {
  return finding("no-answer", {
    seen: `A request was not answered within ${timeoutMs / 1000} s.`,
    why: "Telegram waits 60 s and then sends the update again. It opens further connections only while answers come in less than 10 s, so one slow answer holds up every chat.",
    fix: "Answer as soon as the update is safe, and handle it afterwards. If the bot does so, the proxy does not reach it: check where it forwards to.",
  })
}

function slow(ms: number) {
  return finding("slow-answer", {
    seen: `A request was answered after ${(ms / 1000).toFixed(1)} s.`,
    why: "Telegram opens further connections only while answers come in less than 10 s, so slow answers hold up every chat.",
    fix: "Answer as soon as the update is safe, and handle it afterwards. A host that sleeps when nobody calls needs to be kept awake.",
  })
}

function closed(reason: string) {
  return finding("connection-cut", {
    seen: `The connection was closed without an answer (${reason}).`,
    why: "Telegram sends the update again, and does not even note an error.",
    fix: "See the log of the server and of the proxy: a crash, a proxy that hands plain HTTP to a server that wants TLS, or a rule that drops the request.",
  })
}

function notHttp(reason: string) {
  return finding("not-http", {
    seen: `What came back is not HTTP/1.1 (${reason}).`,
    why: "Telegram understands nothing else.",
    fix: "Check that a web server listens on this port, and that it speaks HTTP/1.1.",
  })
}

function interim(status: number) {
  return finding("interim-response", {
    seen: `The server sent an interim response (${status}) before the real one.`,
    why: "Telegram takes it for the answer, counts the update as failed, and mixes up the answers that follow.",
    fix: "Switch early hints off in the server or the proxy.",
  })
}
