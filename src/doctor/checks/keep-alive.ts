import { type Check, passed, withFindings } from "../check.js"
import { finding } from "../finding.js"
import { watchIdle } from "../probes/idle-connection.js"
import type { Evidence } from "../evidence.js"
import { opener, probeRequest } from "./probe-request.js"

/** The time for which Telegram keeps an idle connection, in seconds. */
const telegramIdleSeconds = 60

/** The check that idle connections stay open for as long as Telegram uses them. */
export const keepAliveCheck: Check = {
  name: "keep-alive",
  title: "Keep-alive",
  needs: ["answer"],
  skipReason: ({ answer }) => (answer ? undefined : "there was no answer"),
  async look(evidence) {
    const { idleMs } = evidence.options
    return idleMs > 0
      ? { idle: await watchIdle(opener(evidence), requestOf(evidence), idleMs) }
      : {}
  },
  judge({ answer, idle }) {
    const headers = answer?.kind === "answered" ? answer.headers : {}
    if (/\bclose\b/i.test(headers["connection"] ?? "")) {
      return withFindings("closed after each answer", connectionClose())
    }
    if (idle?.kind === "closed") {
      const seconds = `${(idle.ms / 1000).toFixed(idle.ms < 10_000 ? 1 : 0)} s`
      return withFindings(seconds, keepAliveTooShort(seconds))
    }
    const [, announced] = /timeout=(\d+)/.exec(headers["keep-alive"] ?? "") ?? []
    if (announced !== undefined && Number(announced) <= telegramIdleSeconds) {
      return withFindings(`${announced} s`, keepAliveTooShort(`${announced} s`))
    }
    if (idle?.kind === "kept") return passed(`open for ${Math.round(idle.ms / 1000)} s and longer`)
    return passed(announced === undefined ? "not announced; --slow measures it" : `${announced} s`)
  },
}

function requestOf(evidence: Evidence): string {
  const { path, host, authorization, secretToken, body } = probeRequest(evidence, "POST")
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    `X-Telegram-Bot-Api-Secret-Token: ${secretToken}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "Connection: keep-alive",
  ]
  return `${lines.join("\r\n")}\r\n\r\n${body}`
}

function connectionClose() {
  return finding("connection-close", {
    seen: "The server closes the connection after each answer.",
    why: "Deliveries work, but Telegram needs a new TLS handshake for every update.",
    fix: "Allow keep-alive: remove `option httpclose` from haproxy's configuration, and `Connection: close` from the bot's answers.",
  })
}

function keepAliveTooShort(seconds: string) {
  return finding("keep-alive-too-short", {
    seen: `The server closes an idle connection after ${seconds}.`,
    why: `Telegram reuses an idle connection for ${telegramIdleSeconds} s. If Telegram sends an update while the server closes the connection, the delivery fails and the update may come twice.`,
    fix: "Keep idle connections open for 75 s: `keepAliveTimeout` in Node (default: 5 s; 75 s in Sounder's server), `keepalive_timeout 75s` in nginx, `KeepAliveTimeout 75` in Apache (default: 5 s), `timeout http-keep-alive 75s` in haproxy.",
  })
}
