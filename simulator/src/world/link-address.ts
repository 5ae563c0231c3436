import { isIPv6 } from "node:net"

/** The target of a link in a formatted text. */
export type LinkTarget =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "user"; readonly id: number }
  | { readonly kind: "wrong"; readonly reason: string }

/** An address of Telegram's own, such as `tg://user?id=5`. */
export interface AppAddress {
  readonly scheme: string
  readonly host: string
  readonly query: URLSearchParams
  /** The address as Telegram writes it. */
  readonly text: string
}

/** Parses an address of Telegram's own; `undefined` for another one. */
export function appAddress(address: string): AppAddress | undefined {
  const [whole, scheme = "", host = "", path = ""] =
    /^(tg|ton):(?:\/\/)?([\w-]*)((?:[/?#][^]*)?)$/i.exec(address) ?? []
  if (whole === undefined) return undefined
  const [located = ""] = path.split("#", 1)
  const query = new URLSearchParams(/^\/?\?([^]*)$/.exec(located)?.[1] ?? "")
  const [name, place] = [scheme.toLowerCase(), host.toLowerCase()]
  return { scheme: name, host: place, query, text: `${name}://${place}${path}` }
}

/** Parses the address of a link as Telegram does. */
export function linkTarget(address: string): LinkTarget {
  const app = appAddress(address)
  if (app !== undefined) return appTarget(app)
  const [, scheme = "http", rest = ""] = /^(?:([^:/?#@[\]]*):\/\/)?([^]*)$/.exec(address) ?? []
  const protocol = scheme.toLowerCase()
  if (!["http", "https", "tonsite"].includes(protocol)) return wrong("Unsupported URL protocol")
  const [authority, path] = divide(rest, /[/?#]/)
  const nameEnd = authority.lastIndexOf("@") + 1
  const [host, port] = divide(authority.slice(nameEnd), /:\d*$/)
  if (host === "") return wrong("URL host is empty")
  const isName = host.indexOf(".") > 0 && !/\s/.test(host)
  if (!isName && !isVersion6(host)) return wrong("Wrong HTTP URL")
  const name = authority.slice(0, nameEnd) + host.toLowerCase() + port.replace(/^:0*(?=\d)/, ":")
  const root = path.startsWith("/") ? "" : "/"
  return { kind: "url", url: `${protocol}://${name}${root}${encoded(path)}` }
}

function isVersion6(host: string): boolean {
  return host.startsWith("[") && host.endsWith("]") && isIPv6(host.slice(1, -1))
}

function appTarget(app: AppAddress): LinkTarget {
  if (app.host === "") return wrong("URL host is empty")
  const id = app.query.get("id") ?? ""
  const isUser = app.scheme === "tg" && app.host === "user" && /^[1-9]\d{0,15}$/.test(id)
  return isUser ? { kind: "user", id: Number(id) } : { kind: "url", url: app.text }
}

function divide(text: string, at: RegExp): readonly [string, string] {
  const index = at.exec(text)?.index ?? text.length
  return [text.slice(0, index), text.slice(index)]
}

function encoded(path: string): string {
  return path.replaceAll(/[\0-\u0020]/g, (character) => encodeURIComponent(character))
}

function wrong(reason: string): LinkTarget {
  return { kind: "wrong", reason }
}
