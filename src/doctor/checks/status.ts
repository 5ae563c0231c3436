import {
  type ExplainedWebhookError,
  explainWebhookError,
} from "../../telegram/webhook-errors/explain-webhook-error.js"
import { findingByMark } from "../answer-marks.js"
import { passed, withFindings, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { isPlainOnTls } from "../probes/backend.js"
import type { HttpAnswer } from "../probes/http-exchange.js"
import type { Evidence } from "../evidence.js"
import { urlForReport } from "../redact-url.js"

/** Statuses with which a healthy bot refuses a request without an update or with a wrong secret. */
const ownRefusals: Readonly<Record<number, string>> = {
  400: ", because the request has no update",
  422: ", because the request has no update",
  401: ": the bot requires a secret",
  403: ": the bot requires a secret",
}

/**
 * Judges the answer to a request without an update. An answer with a mark comes from a program other than
 * the bot. Any other answer is judged by its status, with the explanation of the error that Telegram would
 * report.
 */
export function judgeStatus(answer: HttpAnswer, evidence: Evidence): Verdict {
  const { status } = answer
  const note = `${status} ${answer.reason}`.trimEnd() + ` after ${answer.ms} ms`
  const marked = findingByMark(answer)
  if (marked) return withFindings(note, marked)
  if (isPlainOnTls(answer.body)) return withFindings(note, backendTls())
  if (isBrokenByProxyHeader(answer, evidence)) return withFindings(note, proxyHeader(evidence))
  const { code } = explainedStatus(answer)
  if (code === "redirect") return withFindings(note, redirect(answer, evidence))
  if (code === "wrong-path") return withFindings(note, wrongPath(evidence))
  if (code === "wrong-method" || status === 501) return withFindings(note, notTheBot(status))
  if (code === "misdirected") return withFindings(note, misdirected())
  if (isProxyFailure(answer)) return withFindings(note, proxyFailure(answer, evidence))
  if (code === "not-ready") return withFindings(note, notReady())
  const ownRefusal = ownRefusals[status]
  if (ownRefusal !== undefined) return passed(`${note}${ownRefusal}`)
  if (code === "server-failed" || code === "wrong-status") return judgeOther(note, answer, evidence)
  return status < 300 ? passed(note) : withFindings(note, asExplained(answer))
}

/** Returns the explanation of the error that Telegram would report for an answer. */
function explainedStatus({ status, reason }: HttpAnswer): ExplainedWebhookError {
  return explainWebhookError(`Wrong response from the webhook: ${status} ${reason}`)
}

/** Returns true for the errors of a proxy: 502, 504, Cloudflare's own, and haproxy's 503. */
function isProxyFailure(answer: HttpAnswer): boolean {
  const { code } = explainedStatus(answer)
  if (code === "proxy-lost-bot" || code === "proxy-distrusts-bot") return true
  return answer.status === 503 && /No server is available to handle this request/.test(answer.body)
}

/**
 * Returns true if proxy and bot disagree about the PROXY protocol: the bot answers only requests after a
 * header of the protocol, or answers 400 through the proxy but not to the doctor's direct request.
 */
function isBrokenByProxyHeader({ status }: HttpAnswer, { backend }: Evidence): boolean {
  if (backend?.kind === "proxy-protocol") return status >= 500
  return status === 400 && backend?.kind === "http" && backend.status !== 400
}

function judgeOther(note: string, answer: HttpAnswer, evidence: Evidence): Verdict {
  if (answer.status < 300) return passed(note)
  return answer.status >= 500
    ? judgeFailure(note, evidence)
    : withFindings(note, asExplained(answer))
}

function asExplained(answer: HttpAnswer) {
  const { meaning, fix } = explainedStatus(answer)
  return finding("wrong-status", {
    seen: `The server answers ${`${answer.status} ${answer.reason}`.trimEnd()}.`,
    why: `${meaning} Telegram counts the delivery as failed and sends the update again.`,
    fix,
  })
}

function proxyHeader({ backend, options }: Evidence) {
  const where = options.backend
  if (backend?.kind === "proxy-protocol") {
    return finding("proxy-protocol", {
      seen: `The bot at ${where} requires the header of the PROXY protocol, which the proxy does not send.`,
      why: "The bot closes each connection without an answer, so each delivery fails.",
      fix: "Let the proxy send the header (`send-proxy` in haproxy's server line, `proxy_protocol on` in nginx's stream block), or start the bot without `proxyProtocol`.",
    })
  }
  return finding("proxy-protocol", {
    seen: `The answer through the proxy is 400, but the bot at ${where} answers a direct request with another status: the proxy probably sends the header of the PROXY protocol.`,
    why: "A bot that does not expect this header takes it for a malformed request, so each delivery fails.",
    fix: "Start the bot with `proxyProtocol: true`, or remove `send-proxy` from the proxy's configuration.",
  })
}

/** Judges a status of 500 and above: a fault if a HEAD fails as well, because then every request fails. */
function judgeFailure(note: string, { head }: Evidence): Verdict {
  const isBroken = head?.kind === "answered" && head.status >= 500
  if (!isBroken) return passed(`${note}, because the request has no update`)
  const texts = {
    seen: `The server answers ${note}, also to a HEAD request.`,
    why: "Telegram repeats an update for up to 24 hours until the answer is 2xx, and sends no other update of its chat meanwhile.",
    fix: "Read the log of the program at this path. Answer 200 as soon as the update is stored, even if its handling fails later.",
  }
  return withFindings(note, finding("server-error", texts))
}

function redirect({ status, headers }: HttpAnswer, { options }: Evidence) {
  const to = urlForReport(headers["location"] ?? "", options)
  return finding("redirect", {
    seen: `The server redirects (${status}) to ${to || "another place"}.`,
    why: "Telegram does not follow redirects, and counts each as a failed delivery.",
    fix: `Register the target of the redirect${to === "" ? "" : `, ${to}`}, or exempt the webhook's path from the redirect. The URLs may differ only by \`www.\` or by a slash at the end.`,
  })
}

function wrongPath({ url, options }: Evidence) {
  return finding("wrong-path", {
    seen: `The server answers 404 for the path ${urlForReport(url?.pathname ?? "/", options)}.`,
    why: "Telegram sends every update to this path, and each delivery fails.",
    fix: "Make the bot's `urlPath` and the URL's path identical, unless a proxy rewrites the path. Also check that the proxy forwards this host to the right bot.",
  })
}

function notTheBot(status: number) {
  return finding("not-the-bot", {
    seen: `The server accepts no POST at this path (${status}).`,
    why: "Telegram sends updates with POST. A web site probably answers this path, not the bot.",
    fix: "Check the path, and the server to which the proxy forwards it.",
  })
}

function misdirected() {
  return finding("not-the-bot", {
    seen: "The server answers that it does not serve this host (421).",
    why: "Telegram's updates do not reach the bot.",
    fix: "Give the proxy a rule and a certificate for this host.",
  })
}

function backendTls() {
  return finding("backend-tls", {
    seen: "The proxy sends plain HTTP to a server that expects TLS.",
    why: "The bot refuses every request, so each delivery fails.",
    fix: "The proxy already terminates TLS: start the bot without `key` (with `cert` alone, the certificate is only uploaded). Or let the proxy speak TLS to the bot: `proxy_pass https://…` in nginx, `server … ssl verify none` in haproxy.",
  })
}

function proxyFailure({ status }: HttpAnswer, { options, backend }: Evidence) {
  const where = options.backend
  if (backend?.kind === "tls") return backendTls()
  if (backend?.kind === "down") {
    return finding("backend-down", {
      seen: `The proxy answers ${status}, and no server listens at ${where}.`,
      why: "The bot does not run at this address, so each delivery fails.",
      fix: `Start the bot, and check in its log that it listens at ${where}.`,
    })
  }
  const backendText =
    backend?.kind === "http" ? ` A web server answers plain HTTP at ${where}.` : ""
  const plainAdvice =
    backend?.kind === "http"
      ? "The proxy forwards to another address, or speaks TLS to a bot that expects plain HTTP: remove `https://` from nginx's `proxy_pass`, or `ssl` from haproxy's server line. "
      : ""
  return finding("proxy-cannot-reach-bot", {
    seen: `The proxy answers ${status}: it could not reach the bot, or got no answer from the bot.${backendText}`,
    why: "Telegram reaches the proxy but not the bot, so each delivery fails.",
    fix: `${plainAdvice}Check that the bot runs, and that the proxy forwards to the bot's address and port. In a container, 127.0.0.1 is the container itself.${where === undefined ? " On the proxy's machine, --backend 127.0.0.1:5000 also examines the bot behind the proxy." : ""}`,
  })
}

function notReady() {
  return finding("not-ready", {
    seen: "The server answers 503: it is starting, stopping or full.",
    why: "Telegram repeats the update with growing pauses, so chats fall behind.",
    fix: "If the status stays 503, check that the bot runs, that its handlers keep up with its queue (`maxUpdates`), and that the proxy has a bot that is ready.",
  })
}
