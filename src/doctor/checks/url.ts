import { maxWebhookUrlLength, webhookPorts } from "../../telegram/network-facts.js"
import { isIPv6 } from "node:net"
import { type Check, passed, withFindings, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { urlForReport } from "../redact-url.js"
import type { Evidence, ResolvedOptions } from "../evidence.js"
import { decodePercent } from "../../ground/decode-percent.js"

/** The check that Telegram accepts the URL. */
export const urlCheck: Check = {
  name: "url",
  title: "URL",
  needs: [],
  skipReason: (evidence) =>
    urlText(evidence) === "" ? "none, so no server is examined" : undefined,
  look: async (evidence) => {
    const text = urlText(evidence)
    return URL.canParse(text) && /^https?:\/\//i.test(text) ? { url: new URL(text) } : {}
  },
  judge(evidence) {
    const { url, options } = evidence
    if (!url)
      return { ...withFindings("invalid", invalidUrl(urlText(evidence), options)), blocks: true }
    const verdict = options.localMode ? passed(url.protocol.slice(0, -1)) : judgeCloud(url, options)
    return withTokenFinding(verdict, url, options)
  },
}

/** Returns the examined URL: the given one, otherwise the registered one; empty for a polling bot. */
export function urlText({ options, info }: Pick<Evidence, "options" | "info">): string {
  return options.url ?? (options.polling ? "" : (info?.url ?? ""))
}

function judgeCloud(url: URL, options: ResolvedOptions): Verdict {
  const port = url.port || (url.protocol === "https:" ? "443" : "80")
  const note = `${url.protocol.slice(0, -1)}, port ${port}`
  const problems = [
    url.href.length > maxWebhookUrlLength
      ? invalidUrl(`${url.href.length} characters`, options)
      : undefined,
    url.protocol === "https:" ? undefined : notHttps(url, options),
    webhookPorts.includes(Number(port)) ? undefined : wrongPort(port),
    isIPv6(url.hostname.replaceAll(/[[\]]/g, "")) ? ipv6Host(url) : undefined,
  ].filter((problem) => problem !== undefined)
  // The other checks can examine a URL that Telegram refuses, unless its host is an IPv6 address.
  return { note, findings: problems, blocks: problems.some(({ code }) => code === "ipv6-only") }
}

function withTokenFinding(verdict: Verdict, url: URL, { bot }: ResolvedOptions): Verdict {
  if (bot === undefined || !decodePercent(url.href).includes(bot.token)) return verdict
  const texts = {
    seen: "The URL contains the bot's token.",
    why: "Servers and proxies write URLs to their logs, and anybody with the token controls the bot.",
    fix: "Choose another path; the secret token protects the webhook. Then get a new token from @BotFather with /revoke.",
  }
  return { ...verdict, findings: [...verdict.findings, finding("token-in-url", texts)] }
}

function invalidUrl(text: string, options: ResolvedOptions) {
  return finding("url-invalid", {
    seen: `Telegram does not accept this URL: ${urlForReport(text, options).slice(0, 200)}`,
    why: "Telegram refuses setWebhook for this URL, and removes the previous webhook.",
    fix: `Give a complete URL of at most ${maxWebhookUrlLength} characters, such as https://example.com:8443/hook.`,
  })
}

function notHttps(url: URL, options: ResolvedOptions) {
  return finding("url-not-https", {
    seen: `${urlForReport(url.origin, options)} is not an https: URL.`,
    why: "Telegram calls only https: URLs. It refuses setWebhook for this URL, and removes the previous webhook.",
    fix: "Register the URL with https://. A self-signed certificate is sufficient: `sounder certificate HOST`.",
  })
}

function wrongPort(port: string) {
  return finding("url-port", {
    seen: `The URL has the port ${port}.`,
    why: "Telegram calls only the ports 443, 80, 88 and 8443. It refuses setWebhook for other ports, and removes the previous webhook.",
    fix: "Let the server or the proxy listen on one of these ports, and register a URL with this port.",
  })
}

function ipv6Host(url: URL) {
  return finding("ipv6-only", {
    seen: `The URL's host is the IPv6 address ${url.hostname}.`,
    why: "Telegram calls only IPv4 addresses.",
    fix: "Register a URL with an IPv4 address, or with a host name that has an A record.",
  })
}
