import { webhookPorts } from "../../telegram/network-facts.js"
import { isIPv6 } from "node:net"
import { type Check, fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { shownFor } from "../shown-for.js"
import type { Sight } from "../sight.js"

// Telegram builds a head of at most 4,096 bytes, of which some 600 are not the URL's.
const longest = 3400

/** Whether Telegram takes the URL as it is written. */
export const urlCheck: Check = {
  name: "url",
  title: "URL",
  needs: [],
  spare: (sight) => (textOf(sight) === "" ? "there is none to look at" : undefined),
  look: async (sight) => {
    const text = textOf(sight)
    return URL.canParse(text) && /^https?:\/\//i.test(text) ? { url: new URL(text) } : {}
  },
  judge(sight) {
    const { url, given } = sight
    if (!url) return { ...found("cannot be read", invalid(textOf(sight), given)), blocks: true }
    const verdict = given.localMode ? fine(url.protocol.slice(0, -1)) : judgeCloud(url, given)
    return withToken(verdict, url, given)
  },
}

/** The URL that is examined: the given one, else the one that Telegram has. */
export function textOf({ given, info }: Pick<Sight, "given" | "info">): string {
  return given.url ?? (given.polling ? "" : (info?.url ?? ""))
}

function judgeCloud(url: URL, given: Sight["given"]): Verdict {
  const port = url.port || (url.protocol === "https:" ? "443" : "80")
  const note = `${url.protocol.slice(0, -1)}, port ${port}`
  const problems = [
    url.href.length > longest ? invalid(`${url.href.length} characters`, given) : undefined,
    url.protocol === "https:" ? undefined : notHttps(url, given),
    webhookPorts.includes(Number(port)) ? undefined : wrongPort(port),
    isIPv6(url.hostname.replaceAll(/[[\]]/g, "")) ? ipv6(url) : undefined,
  ].filter((problem) => problem !== undefined)
  // The rest can be looked at all the same, but for an address that nobody calls.
  return { note, findings: problems, blocks: problems.some(({ code }) => code === "ipv6-only") }
}

function withToken(verdict: Verdict, url: URL, { bot }: Sight["given"]): Verdict {
  if (bot === undefined || !decodeURIComponent(url.href).includes(bot.token)) return verdict
  const words = {
    seen: "The URL holds the bot's token.",
    why: "URLs end up in the logs of servers and proxies, and whoever has the token has the bot.",
    fix: "Take another path; the secret token guards the webhook. Then get a new token with /revoke from @BotFather.",
  }
  return { ...verdict, findings: [...verdict.findings, finding("token-in-url", words)] }
}

function invalid(text: string, given: Sight["given"]) {
  return finding("url-invalid", {
    seen: `Telegram cannot use this as a URL: ${shownFor(text, given).slice(0, 200)}`,
    why: "setWebhook refuses it, and removes the webhook that was there before.",
    fix: `Give a whole URL of at most ${longest} characters, such as https://example.com:8443/hook.`,
  })
}

function notHttps(url: URL, given: Sight["given"]) {
  return finding("url-not-https", {
    seen: `${shownFor(url.origin, given)} is not an https: URL.`,
    why: "Telegram calls no other; setWebhook refuses it, and removes the webhook that was there before.",
    fix: "Register the URL with https://. A self-signed certificate will do: `sounder certificate HOST`.",
  })
}

function wrongPort(port: string) {
  return finding("url-port", {
    seen: `The URL has port ${port}.`,
    why: "Telegram calls the ports 443, 80, 88 and 8443 only; setWebhook refuses others, and removes the webhook that was there before.",
    fix: "Let the server or the proxy listen on one of these ports, and put it into the URL.",
  })
}

function ipv6(url: URL) {
  return finding("ipv6-only", {
    seen: `The URL's host is the IPv6 address ${url.hostname}.`,
    why: "Telegram calls IPv4 addresses only.",
    fix: "Register the URL with a name that has an A record, or with an IPv4 address.",
  })
}
