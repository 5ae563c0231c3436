import { telegramNetworksText } from "../telegram/network-facts.js"
import { finding, type Finding } from "./finding.js"
import type { HttpAnswer } from "./probes/http-exchange.js"

/** A header, status or text that shows that a program other than the bot sent an answer. */
interface AnswerMark {
  /** Returns true if an answer has the mark. */
  readonly isIn: (answer: HttpAnswer) => boolean
  /** Returns the finding for an answer with the mark. */
  readonly finding: (answer: HttpAnswer) => Finding
}

/** The known marks, the most specific first: the first mark that an answer has decides. */
const marks: readonly AnswerMark[] = [
  {
    isIn: ({ headers }) => /ERR_NGROK_80/.test(headers["ngrok-error-code"] ?? ""),
    finding: ({ headers }) =>
      behindTunnel(`ngrok (${headers["ngrok-error-code"]})`, "the port after `ngrok http`"),
  },
  {
    isIn: ({ headers }) => headers["ngrok-error-code"] !== undefined,
    finding: ({ headers }) => tunnelEnded(`ngrok (${headers["ngrok-error-code"]})`),
  },
  {
    isIn: ({ status, body }) => status === 530 && /\b1033\b/.test(body),
    finding: () => tunnelEnded("Cloudflare Tunnel (error 1033)"),
  },
  {
    isIn: ({ body }) => /no tunnel here/i.test(body),
    finding: () => tunnelEnded("localhost.run"),
  },
  {
    isIn: ({ headers, body }) =>
      headers["x-localtunnel-status"] !== undefined || /tunnel unavailable/i.test(body),
    finding: () => tunnelEnded("localtunnel"),
  },
  {
    isIn: ({ headers }) => headers["x-railway-fallback"] === "true",
    finding: () => noApp("Railway"),
  },
  {
    isIn: ({ body }) => /no-such-app|no such app/i.test(body),
    finding: () => noApp("Heroku"),
  },
  {
    isIn: ({ body, status }) => status === 503 && /herokucdn\.com\/error-pages/i.test(body),
    finding: () => noApp("Heroku"),
  },
  {
    isIn: ({ headers }) => /no-server|suspend/.test(headers["x-render-routing"] ?? ""),
    finding: () => noApp("Render"),
  },
  {
    isIn: ({ headers, status }) => headers["x-vercel-error"] !== undefined && status === 404,
    finding: ({ headers }) => noApp(`Vercel (${headers["x-vercel-error"]})`),
  },
  {
    isIn: ({ headers }) => headers["cf-mitigated"] === "challenge",
    finding: challenged,
  },
  {
    isIn: ({ body }) => /No required SSL certificate was sent|SSL certificate error/i.test(body),
    finding: clientCertificate,
  },
  {
    isIn: ({ headers, status }) =>
      headers["www-authenticate"] !== undefined && [401, 403, 407].includes(status),
    finding: asksForLogin,
  },
  {
    isIn: (answer) => isPage(answer) && answer.status === 401,
    finding: loginPage,
  },
  { isIn: (answer) => isPage(answer) && answer.status < 300, finding: webPage },
]

/** Returns the finding for an answer that another program gave in place of the bot, if it has a mark. */
export function findingByMark(answer: HttpAnswer): Finding | undefined {
  return marks.find(({ isIn }) => isIn(answer))?.finding(answer)
}

/** Recognizes a page by its body, because some frameworks send even a short "ok" as text/html. */
function isPage({ body }: HttpAnswer): boolean {
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype html|html|head|body)\b/i.test(
    body,
  )
}

function tunnelEnded(tunnel: string): Finding {
  return finding("tunnel-ended", {
    seen: `${tunnel} answers that no tunnel with this name is open.`,
    why: "Telegram reaches the tunnel's service but not the bot, so each delivery fails.",
    fix: "Start the tunnel again. If each start gives the tunnel a new name, register the new URL: run `sounder webhook set URL`, or start the bot with the URL as `webhookUrl`. For development, polling needs no tunnel.",
  })
}

function behindTunnel(tunnel: string, where: string): Finding {
  return finding("proxy-cannot-reach-bot", {
    seen: `${tunnel} answers that it cannot reach the bot behind the tunnel.`,
    why: "The tunnel is open, but no server listens at its other end, so each delivery fails.",
    fix: `Start the bot, and check that it listens on ${where}.`,
  })
}

function noApp(provider: string): Finding {
  return finding("host-without-app", {
    seen: `${provider} answers that no program runs under this name.`,
    why: "Telegram reaches the provider but not the bot, so each delivery fails.",
    fix: "Check in the provider's console that the program is deployed, running and not suspended, that it listens on the port that the provider assigns (`PORT`), and that the name belongs to the program.",
  })
}

function challenged({ status }: HttpAnswer): Finding {
  return finding("refused-here", {
    seen: `Cloudflare answers ${status} with a challenge for browsers (cf-mitigated: challenge).`,
    why: "Telegram cannot solve a challenge. From this machine the doctor cannot tell whether Cloudflare challenges Telegram too.",
    fix: `Switch off Cloudflare's bot protection for the webhook's path (a WAF rule that skips the path), or for ${telegramNetworksText}.`,
  })
}

function clientCertificate({ status }: HttpAnswer): Finding {
  return finding("wants-client-certificate", {
    seen: `The server answers ${status}: it requires a client certificate.`,
    why: "Telegram has no client certificate, so the server refuses each update before the bot sees it.",
    fix: "Do not require client certificates on this path: `ssl_verify_client off` (or `optional`) in nginx, no `verify required` in haproxy. The secret token already proves that the caller is Telegram.",
  })
}

function asksForLogin({ status, headers }: HttpAnswer): Finding {
  const [kind = "a log-in"] = (headers["www-authenticate"] ?? "").split(/\s/)
  return finding("asks-for-login", {
    seen: `The server answers ${status} and asks for a user and a password (WWW-Authenticate: ${kind}).`,
    why: "A server in front of the bot protects this path with a log-in, and refuses Telegram.",
    fix: "Exempt the webhook's path from the log-in (`auth_basic off` in nginx); the secret token protects the path. For Basic authentication, the URL may also contain user and password: https://user:password@host/path.",
  })
}

function loginPage({ status }: HttpAnswer): Finding {
  return finding("web-page", {
    seen: `The server answers ${status} with a web page.`,
    why: "Bots do not answer Telegram with web pages. The page is probably a log-in or the protection of a deployment, in front of the bot.",
    fix: "Open the URL in a browser to see whose page it is. Exempt the webhook's path from the protection (for example that of Vercel's preview deployments). If the page is the bot's own refusal, give the right secret with --secret.",
  })
}

function webPage({ status }: HttpAnswer): Finding {
  return finding("web-page", {
    seen: `The server answers a request with a wrong secret with ${status} and a web page.`,
    why: "Bots do not answer Telegram with web pages. If a web site answers this path, Telegram counts each update as delivered, and the update is lost.",
    fix: "Compare the URL's path with the bot's path, and check that the proxy forwards the path to the bot and not to a web site (a single-page app answers every path).",
  })
}
