import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"
import { watchIdle } from "../probes/idle-connection.js"
import type { Sight } from "../sight.js"
import { opener, probeRequest } from "./probe-request.js"

/** Telegram keeps an idle connection for as long as this. */
const telegramIdleSeconds = 60

/** Whether connections stay open for as long as Telegram uses them. */
export const keepAliveCheck: Check = {
  name: "keep-alive",
  title: "Keep-alive",
  needs: ["answer"],
  spare: ({ answer }) => (answer ? undefined : "there was no answer"),
  async look(sight) {
    const { idleMs } = sight.given
    return idleMs > 0 ? { idle: await watchIdle(opener(sight), requestOf(sight), idleMs) } : {}
  },
  judge({ answer, idle }) {
    const headers = answer?.kind === "answered" ? answer.headers : {}
    if (/\bclose\b/i.test(headers["connection"] ?? "")) {
      return found("closed after each answer", closes())
    }
    if (idle?.kind === "closed") {
      const seconds = `${(idle.ms / 1000).toFixed(idle.ms < 10_000 ? 1 : 0)} s`
      return found(seconds, tooShort(seconds))
    }
    const [, announced] = /timeout=(\d+)/.exec(headers["keep-alive"] ?? "") ?? []
    if (announced !== undefined && Number(announced) <= telegramIdleSeconds) {
      return found(`${announced} s`, tooShort(`${announced} s`))
    }
    if (idle?.kind === "kept") return fine(`open for ${Math.round(idle.ms / 1000)} s and longer`)
    return fine(announced === undefined ? "not announced; --slow waits and sees" : `${announced} s`)
  },
}

function requestOf(sight: Sight): string {
  const { path, host, authorization, secretToken, body } = probeRequest(sight, "POST")
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

function closes() {
  return finding("connection-close", {
    seen: "The server closes the connection after each answer.",
    why: "It works, but Telegram makes a new TLS handshake for every update, and a retry has to wait for one.",
    fix: "Allow keep-alive: take `option httpclose` out of haproxy, and `Connection: close` out of the bot.",
  })
}

function tooShort(seconds: string) {
  return finding("keep-alive-too-short", {
    seen: `An idle connection is closed after ${seconds}.`,
    why: `Telegram uses an idle connection again for ${telegramIdleSeconds} s. Where it sends an update in the very moment in which the server closes, the update fails and comes twice.`,
    fix: "Keep idle connections for 75 s: `keepAliveTimeout` in Node (whose default is 5 s; Sounder's server has 75), `keepalive_timeout 75s` in nginx, `KeepAliveTimeout 75` in Apache (whose default is 5 s), `timeout http-keep-alive 75s` in haproxy.",
  })
}
