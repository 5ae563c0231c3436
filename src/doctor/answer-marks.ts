import { telegramNetworksText } from "../telegram/network-facts.js"
import { finding, type Finding } from "./finding.js"
import type { HttpAnswer } from "./probes/http-exchange.js"

/** A sign by which an answer shows that the bot did not give it. */
interface AnswerMark {
  /** Whether an answer has it. */
  readonly isIn: (answer: HttpAnswer) => boolean
  /** What is found then. */
  readonly finding: (answer: HttpAnswer) => Finding
}

/** What stands in the way, told by marks in the answer, from the clearest to the vaguest. */
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

/** Finds out whether somebody else than the bot has answered; `undefined` where nothing says so. */
export function foundInMarks(answer: HttpAnswer): Finding | undefined {
  return marks.find(({ isIn }) => isIn(answer))?.finding(answer)
}

/** Whether a whole page comes back: some frameworks call a short "ok" text/html as well. */
function isPage({ body }: HttpAnswer): boolean {
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype html|html|head|body)\b/i.test(
    body,
  )
}

function tunnelEnded(tunnel: string): Finding {
  return finding("tunnel-ended", {
    seen: `${tunnel} answers that no tunnel with this name is open.`,
    why: "Telegram reaches the service of the tunnel and nothing behind it, so each update fails.",
    fix: "Start the tunnel again. Where its name changes at each start, register the new URL: `sounder webhook set URL`, or start the bot with it as `webhookUrl`. For development, polling needs no tunnel at all.",
  })
}

function behindTunnel(tunnel: string, where: string): Finding {
  return finding("proxy-cannot-reach-bot", {
    seen: `${tunnel} answers that it cannot reach the bot behind the tunnel.`,
    why: "The tunnel is open, and nothing listens at its other end, so each update fails.",
    fix: `Start the bot, and compare the port at which it listens with ${where}.`,
  })
}

function noApp(provider: string): Finding {
  return finding("host-without-app", {
    seen: `${provider} answers in place of a program: none runs under this name.`,
    why: "Telegram reaches the provider and no bot, so each update fails.",
    fix: "See in the provider's console whether the program is deployed, running and not suspended, whether it listens at the port that the provider gives (`PORT`), and whether this name belongs to it.",
  })
}

function challenged({ status }: HttpAnswer): Finding {
  return finding("refused-here", {
    seen: `Cloudflare answers ${status} with a challenge for people (cf-mitigated: challenge).`,
    why: "Telegram solves no challenge. Whether it gets one as well cannot be seen from here.",
    fix: `Switch the protection against bots off for the path of the webhook (a WAF rule that skips it), or for ${telegramNetworksText}.`,
  })
}

function clientCertificate({ status }: HttpAnswer): Finding {
  return finding("wants-client-certificate", {
    seen: `The server answers ${status}: it wants a certificate of the client.`,
    why: "Telegram has none to show, so each update is refused before it reaches the bot.",
    fix: "Ask for none on this path: `ssl_verify_client off` (or `optional`) in nginx, no `verify required` in haproxy. The secret token tells whether it is Telegram that calls.",
  })
}

function asksForLogin({ status, headers }: HttpAnswer): Finding {
  const [kind = "a log-in"] = (headers["www-authenticate"] ?? "").split(/\s/)
  return finding("asks-for-login", {
    seen: `The server answers ${status} and asks for a user and a password (WWW-Authenticate: ${kind}).`,
    why: "That is not the bot's secret: something before the bot guards this path, and Telegram is refused.",
    fix: "Take the path of the webhook out of it (`auth_basic off` in nginx), as the secret token guards it. With Basic, the URL may carry both: https://user:password@host/path.",
  })
}

function loginPage({ status }: HttpAnswer): Finding {
  return finding("web-page", {
    seen: `The server answers ${status} with a web page.`,
    why: "A bot has no reason to show a page to Telegram: it looks like a log-in, or like protection of a deployment, that stands before the bot.",
    fix: "Open the URL in a browser and see whose page it is. Take the path out of the protection (as of Vercel's previews); if the page is the bot's own refusal, give the right secret with --secret.",
  })
}

function webPage({ status }: HttpAnswer): Finding {
  return finding("web-page", {
    seen: `A request with a wrong secret is answered with ${status} and a web page.`,
    why: "A bot has no reason to do that. If a web site answers here, Telegram takes each update for delivered, and it is lost.",
    fix: "Compare the path with that of the bot, and see that the proxy hands it to the bot and not to the site (a single-page app answers every path).",
  })
}
