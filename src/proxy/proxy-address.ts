import { isIP, isIPv6 } from "node:net"
import { unexpectedOption } from "../ground/expect-option.js"

/** The address on which a proxy or a bot listens. */
export type ProxyAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }

const safePath = /^\/[\w./@:+,=~-]+$/

/** Parses `127.0.0.1:5000`, `bot1:5000` or `[::1]:5000`. Throws a `TypeError` for other values. */
export function expectTcpAddress(option: string, value: unknown): ProxyAddress & { kind: "tcp" } {
  const [, bracketed, plain, digits] =
    /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(typeof value === "string" ? value : "") ?? []
  // haproxy resolves localhost to ::1, where a bot that listens on 127.0.0.1 accepts no connection.
  const host = /^localhost$/i.test(plain ?? "") ? "127.0.0.1" : (bracketed ?? plain)
  const port = Number(digits)
  const isHost = bracketed === undefined ? /^[a-z\d]/i.test(host ?? "") : isIPv6(bracketed)
  if (host === undefined || !isHost || !(port >= 1 && port <= 65_535)) {
    return unexpectedOption(option, "an address and a port like 127.0.0.1:5000", value)
  }
  return { kind: "tcp", host, port }
}

/** Parses an address with a port, or `unix:/path`. Throws a `TypeError` for other values. */
export function expectServer(option: string, value: unknown): ProxyAddress {
  if (typeof value !== "string" || !value.startsWith("unix:")) {
    const expected = "an address like 127.0.0.1:5000 or unix:/run/bot.sock"
    if (typeof value !== "string" || !value.includes(":")) unexpectedOption(option, expected, value)
    return expectTcpAddress(option, value)
  }
  return { kind: "unix", path: expectAbsolutePath(option, value.slice("unix:".length)) }
}

/**
 * Returns an absolute path of characters that no configuration treats specially: without blanks,
 * quotes, $, # and braces. Throws a `TypeError` for other values.
 */
export function expectAbsolutePath(option: string, value: unknown): string {
  if (typeof value === "string" && safePath.test(value)) return value
  return unexpectedOption(
    option,
    "an absolute path of letters, digits and . _ - / @ : + , = ~",
    value,
  )
}

/** Returns an address as text, as in `127.0.0.1:5000` and `[::1]:5000`. */
export function hostAndPort({ host, port }: ProxyAddress & { kind: "tcp" }): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`
}

/** Returns true for a host name, which has to be resolved, and false for an IP address. */
export function isName({ host }: ProxyAddress & { kind: "tcp" }): boolean {
  return isIP(host) === 0
}
