import {
  type ExplainedWebhookError,
  explainWebhookError,
} from "../../telegram/webhook-errors/explain-webhook-error.js"
import { foundInMarks } from "../answer-marks.js"
import { fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { isPlainOnTls } from "../probes/backend.js"
import type { HttpAnswer } from "../probes/http-exchange.js"
import type { Sight } from "../sight.js"
import { shownFor } from "../shown-for.js"

/** Refusals of a request in which there is no update: what the bot itself may well answer. */
const ownRefusals: Readonly<Record<number, string>> = {
  400: ", as there is no update in it",
  422: ", as there is no update in it",
  401: ": it asks for a secret",
  403: ": it asks for a secret",
}

/**
 * Judges an answer to a request without an update. An answer that somebody else gave is told by its
 * marks; whatever status is left and is not 2xx is judged as Telegram's report of it is.
 */
export function judgeStatus(answer: HttpAnswer, sight: Sight): Verdict {
  const { status } = answer
  const note = `${status} ${answer.reason}`.trimEnd() + ` after ${answer.ms} ms`
  const marked = foundInMarks(answer)
  if (marked) return found(note, marked)
  if (isPlainOnTls(answer.body)) return found(note, backendTls())
  if (isBrokenByProxyHeader(answer, sight)) return found(note, proxyHeader(sight))
  const { code } = explainedStatus(answer)
  if (code === "redirect") return found(note, redirect(answer, sight))
  if (code === "wrong-path") return found(note, wrongPath(sight))
  if (code === "wrong-method" || status === 501) return found(note, notTheBot(status))
  if (code === "misdirected") return found(note, misdirected())
  if (isProxyFailure(answer)) return found(note, proxyFailure(answer, sight))
  if (code === "not-ready") return found(note, notReady())
  const own = ownRefusals[status]
  if (own !== undefined) return fine(`${note}${own}`)
  if (code === "server-failed" || code === "wrong-status") return judgeOther(note, answer, sight)
  return status < 300 ? fine(note) : found(note, asExplained(answer))
}

/** How Telegram's report of the same answer is explained. */
function explainedStatus({ status, reason }: HttpAnswer): ExplainedWebhookError {
  return explainWebhookError(`Wrong response from the webhook: ${status} ${reason}`)
}

/** 502, 504 and Cloudflare's; 503 where haproxy says that it knows of no server. */
function isProxyFailure(answer: HttpAnswer): boolean {
  const { code } = explainedStatus(answer)
  if (code === "proxy-lost-bot" || code === "proxy-distrusts-bot") return true
  return answer.status === 503 && /No server is available to handle this request/.test(answer.body)
}

/** The proxy is refused with 400, and a plain request to the bot behind it is not. */
function isBrokenByProxyHeader({ status }: HttpAnswer, { backend }: Sight): boolean {
  if (backend?.kind === "proxy-protocol") return status >= 500
  return status === 400 && backend?.kind === "http" && backend.status !== 400
}

function judgeOther(note: string, answer: HttpAnswer, sight: Sight): Verdict {
  if (answer.status < 300) return fine(note)
  return answer.status >= 500 ? judgeFailure(note, sight) : found(note, asExplained(answer))
}

function asExplained(answer: HttpAnswer) {
  const { meaning, fix } = explainedStatus(answer)
  return finding("wrong-status", {
    seen: `The server answers ${`${answer.status} ${answer.reason}`.trimEnd()}.`,
    why: `${meaning} Telegram counts it as a failure and sends the update again.`,
    fix,
  })
}

function proxyHeader({ backend, given }: Sight) {
  const where = given.backend
  if (backend?.kind === "proxy-protocol") {
    return finding("proxy-protocol", {
      seen: `The bot at ${where} answers only after a header of the PROXY protocol, and the proxy sends none.`,
      why: "The bot closes each connection without a word, so each update fails.",
      fix: "Let the proxy send it (`send-proxy` at the server in haproxy, `proxy_protocol on` in nginx's stream), or start the bot without `proxyProtocol`.",
    })
  }
  return finding("proxy-protocol", {
    seen: `Through the proxy the answer is 400, and the bot at ${where} answers a plain request otherwise: it looks as if the proxy sent a header of the PROXY protocol.`,
    why: "A bot that does not expect that header takes it for a broken request, and each update fails.",
    fix: "Start the bot with `proxyProtocol: true`, or take `send-proxy` out of the proxy.",
  })
}

/** Many a program fails on what is no update; one that fails on a HEAD as well fails on everything. */
function judgeFailure(note: string, { head }: Sight): Verdict {
  const isBroken = head?.kind === "answered" && head.status >= 500
  if (!isBroken) return fine(`${note}, as there is no update in it`)
  const words = {
    seen: `The server answers ${note}, to a HEAD as well.`,
    why: "Telegram sends an update again until it is answered with 2xx, and no other update of that chat before, for up to 24 hours.",
    fix: "See the log of the program at this path. Answer 200 as soon as the update is safe, whatever handling it comes to.",
  }
  return found(note, finding("server-error", words))
}

function redirect({ status, headers }: HttpAnswer, { given }: Sight) {
  const to = shownFor(headers["location"] ?? "", given)
  return finding("redirect", {
    seen: `The server redirects (${status}) to ${to || "another place"}.`,
    why: "Telegram follows no redirects: for it every one is a failed delivery.",
    fix: `Register the URL that answers itself${to === "" ? "" : `, it seems ${to}`}, or take the path of the webhook out of the redirect. Mind \`www.\` and the slash at the end.`,
  })
}

function wrongPath({ url, given }: Sight) {
  return finding("wrong-path", {
    seen: `Nothing is at the path ${shownFor(url?.pathname ?? "/", given)} (404).`,
    why: "Telegram sends every update to this path, and each fails.",
    fix: "`urlPath` of the bot and the path of the URL have to be the same, letter for letter, unless a proxy rewrites it. See also that the proxy hands this host to the right bot.",
  })
}

function notTheBot(status: number) {
  return finding("not-the-bot", {
    seen: `What is at this path takes no POST (${status}).`,
    why: "Telegram sends updates with POST. This is a web page, and not the bot.",
    fix: "Check the path, and what the proxy forwards it to.",
  })
}

function misdirected() {
  return finding("not-the-bot", {
    seen: "The server says that it does not serve this host (421).",
    why: "Telegram's updates do not reach the bot.",
    fix: "Give the proxy a rule and a certificate for this host.",
  })
}

function backendTls() {
  return finding("backend-tls", {
    seen: "The proxy hands plain HTTP on to a server that wants TLS.",
    why: "The bot refuses every request, so each update fails.",
    fix: "The proxy does the TLS already: start the bot without `key` (with `cert` alone it is uploaded and not served). Or let the proxy speak TLS to the bot: `proxy_pass https://…` in nginx, `server … ssl verify none` in haproxy.",
  })
}

function proxyFailure({ status }: HttpAnswer, { given, backend }: Sight) {
  const where = given.backend
  if (backend?.kind === "tls") return backendTls()
  if (backend?.kind === "down") {
    return finding("backend-down", {
      seen: `The proxy answers ${status}, and nothing listens at ${where}.`,
      why: "The bot does not run where it should, so each update fails until it does.",
      fix: `Start the bot, and see in its log that it listens at ${where}.`,
    })
  }
  const isWell = backend?.kind === "http" ? ` A web server answers plain HTTP at ${where}.` : ""
  const plain =
    backend?.kind === "http"
      ? "Either the proxy forwards to another address, or it speaks TLS to a bot that does not (`proxy_pass https://` in nginx, `ssl` at the server in haproxy): let it speak plain HTTP there. "
      : ""
  return finding("proxy-cannot-reach-bot", {
    seen: `The proxy answers ${status}: it could not reach the bot, or got no answer from it.${isWell}`,
    why: "Telegram reaches the proxy and nothing behind it, so each update fails.",
    fix: `${plain}Check that the bot runs, and that the proxy forwards to the address and port at which it listens. In a container, 127.0.0.1 is the container itself.${where === undefined ? " On the proxy's machine, --backend 127.0.0.1:5000 looks behind it." : ""}`,
  })
}

function notReady() {
  return finding("not-ready", {
    seen: "The server answers 503: it is stopping, starting, or has no room.",
    why: "Telegram sends the update again, later and later, so chats fall behind.",
    fix: "If it stays so: see that the bot runs and that its handlers keep up with its queue (`maxUpdates`), or that the proxy knows of a bot that is ready.",
  })
}
