import { isIP } from "node:net"

/** A header in which proxies say for whom they ask. */
export type ForwardedHeader = "x-forwarded-for" | "forwarded"

/**
 * Returns the addresses for which proxies say that they ask, the nearest proxy's word last;
 * `undefined` for a proxy that does not know, or names no address.
 *
 * @param value the header as it came; several of one name joined by commas, as Node does
 * @see https://www.rfc-editor.org/rfc/rfc7239
 */
export function forwardedFor(
  header: ForwardedHeader,
  value: string | undefined,
): readonly (string | undefined)[] {
  if (value === undefined || value.trim() === "") return []
  const nodes =
    header === "forwarded"
      ? elements(value).slice(-mostHops).map(nodeOf)
      : value.split(",").slice(-mostHops)
  return nodes.map((node) => addressOf(node.trim()))
}

/** Proxies between Telegram and the server, at most; a stranger can name thousands. */
const mostHops = 100

/**
 * One element of `Forwarded`: its parameters, each as the text that was written. `undefined` for an
 * element with an open quote: nothing of it can be believed.
 */
type Element = readonly string[] | undefined

/** Splits at commas and semicolons outside of quotes, in one pass: the text is a stranger's. */
function elements(value: string): readonly Element[] {
  const found: Element[] = []
  let parameters: string[] = []
  let begin = 0
  let isQuoted = false
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at]
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted && character === "\\") at += 1
    else if (!isQuoted && (character === "," || character === ";")) {
      parameters.push(value.slice(begin, at))
      begin = at + 1
      if (character === ";") continue
      // Only the last ones count: the text is a stranger's, and may be all commas.
      if (found.push(parameters) > 10 * mostHops) found.splice(0, 9 * mostHops)
      parameters = []
    }
  }
  parameters.push(value.slice(begin))
  found.push(isQuoted ? undefined : parameters)
  return found
}

/** Returns the value of the parameter `for`; empty where there is none, or more than one. */
function nodeOf(element: Element): string {
  const named = (element ?? []).map((one) => one.trim()).filter((one) => /^for\s*=/i.test(one))
  const [parameter = ""] = named
  const text = parameter.slice(parameter.indexOf("=") + 1).trim()
  if (named.length !== 1) return ""
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, "$1") : text
}

/** As in `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` and `[2001:db8::1]:4711`. */
function addressOf(node: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(node) ?? []
  const address = bracketed ?? plain ?? node
  return isIP(address) === 0 ? undefined : address
}
