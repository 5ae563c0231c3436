import { isIP } from "node:net"
import { domainToASCII } from "node:url"

/** The parts of a webhook's URL, by Telegram's parser. */
export interface WebhookUrl {
  readonly isHttps: boolean
  /** In lower case, without brackets; international names in punycode. */
  readonly host: string
  readonly port: number
  /** `user:password` as it was written; `undefined` without one. */
  readonly userInfo: string | undefined
  /** Path, query and fragment, as in the request line. */
  readonly target: string
}

const shape =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^/?#]*)@)?(\[[^\]]*\]|[^/?#:@]*)(?::([^/?#]*))?(.*)$/is

/** Parses a URL. Returns `undefined` for a URL that Telegram calls invalid. */
export function parseWebhookUrl(url: string): WebhookUrl | undefined {
  const [, scheme = "https", userInfo, host = "", port, rest = ""] = shape.exec(url) ?? []
  const protocol = scheme.toLowerCase()
  const name = hostName(host)
  if ((protocol !== "https" && protocol !== "http") || name === undefined) return undefined
  if (userInfo !== undefined && !/^[!$&-;=A-Z_a-z~%:]*$/.test(userInfo)) return undefined
  const isHttps = protocol === "https"
  const number = portNumber(port, isHttps ? 443 : 80)
  if (number === undefined) return undefined
  return { isHttps, host: name, port: number, userInfo, target: targetOf(rest) }
}

/** Returns the `Host` header, without the default port. */
export function hostHeader({ host, port, isHttps }: WebhookUrl): string {
  const hostText = isIP(host) === 6 ? `[${host}]` : host
  return port === (isHttps ? 443 : 80) ? hostText : `${hostText}:${port}`
}

function portNumber(port: string | undefined, usual: number): number | undefined {
  if (port === undefined) return usual
  const number = Number(port)
  return /^\d+$/.test(port) && number >= 1 && number <= 65_535 ? number : undefined
}

function hostName(host: string): string | undefined {
  if (host.startsWith("[")) {
    const address = host.slice(1, -1).toLowerCase()
    return isIP(address) === 6 ? address : undefined
  }
  const name = /[^\u0000-\u007f]/.test(host) ? domainToASCII(host) : host.toLowerCase()
  return /^[a-z0-9._~!$&'()*+,;=%-]+$/.test(name) ? name : undefined
}

function targetOf(rest: string): string {
  const target = rest.startsWith("/") ? rest : `/${rest}`
  return target.replaceAll(/[\u0000-\u0020]/g, percentEncoded)
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`
}
