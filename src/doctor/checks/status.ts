import { fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { isPlainOnTls } from "../probes/backend.js"
import type { HttpAnswer } from "../probes/http-exchange.js"
import type { Sight } from "../sight.js"
import { shownFor } from "../shown-for.js"

/** What the status of an answer to a request without an update says. */
export function judgeStatus(answer: HttpAnswer, sight: Sight): Verdict {
  const { status } = answer
  const note = `${status} ${answer.reason}`.trimEnd() + ` after ${answer.ms} ms`
  if (status >= 300 && status < 400) return found(note, redirect(answer, sight))
  if (status === 404) return found(note, wrongPath(sight))
  if (status === 405 || status === 501) return found(note, notTheBot(status))
  if (status === 421) return found(note, misdirected())
  if (isPlainOnTls(answer.body)) return found(note, backendTls())
  if (isProxyFailure(answer)) return found(note, proxyFailure(answer, sight))
  if (status === 503) return found(note, notReady())
  if (status >= 500) return judgeFailure(note, sight)
  if (status === 400) return fine(`${note}, as there is no update in it`)
  if (status === 401 || status === 403) return fine(`${note}: it asks for a secret`)
  return fine(note)
}

/** 502, 504 and Cloudflare's; 503 where haproxy says that it knows of no server. */
function isProxyFailure({ status, body }: HttpAnswer): boolean {
  if (status === 502 || status === 504 || (status >= 520 && status <= 530)) return true
  return status === 503 && /No server is available to handle this request/.test(body)
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
  if (backend === "tls") return backendTls()
  if (backend === "down") {
    return finding("backend-down", {
      seen: `The proxy answers ${status}, and nothing listens at ${where}.`,
      why: "The bot does not run where it should, so each update fails until it does.",
      fix: `Start the bot, and see in its log that it listens at ${where}.`,
    })
  }
  const isWell =
    backend === "http" ? ` A web server answers at ${where}, so the proxy asks elsewhere.` : ""
  return finding("proxy-cannot-reach-bot", {
    seen: `The proxy answers ${status}: it could not reach the bot, or got no answer from it.${isWell}`,
    why: "Telegram reaches the proxy and nothing behind it, so each update fails.",
    fix: `Check that the bot runs, and that the proxy forwards to the address and port at which it listens. In a container, 127.0.0.1 is the container itself.${where === undefined ? " On the proxy's machine, --backend 127.0.0.1:5000 looks behind it." : ""}`,
  })
}

function notReady() {
  return finding("not-ready", {
    seen: "The server answers 503: it is stopping, starting, or has no room.",
    why: "Telegram sends the update again, later and later, so chats fall behind.",
    fix: "If it stays so: see that the bot runs and that its handlers keep up with its queue (`maxUpdates`), or that the proxy knows of a bot that is ready.",
  })
}
