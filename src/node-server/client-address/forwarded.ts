import { nodeNet } from "../../ground/node-modules.js"

/** A header in which proxies report the client's address. */
export type ForwardedHeader = "x-forwarded-for" | "forwarded"

/**
 * Returns the addresses in a header, the entry of the nearest proxy last; `undefined` for an entry without
 * a valid address.
 *
 * @param value the value of the header; repeated headers are joined by commas, as Node does
 * @see https://www.rfc-editor.org/rfc/rfc7239
 */
export function forwardedFor(
  header: ForwardedHeader,
  value: string | undefined,
): readonly (string | undefined)[] {
  if (value === undefined || value.trim() === "") return []
  const nodes =
    header === "forwarded"
      ? elements(value).slice(-maxEntries).map(nodeOf)
      : value.split(",").slice(-maxEntries)
  return nodes.map((node) => addressOf(node.trim()))
}

/** The number of entries that are read, from the right. A stranger can write thousands. */
const maxEntries = 100

/**
 * An element of `Forwarded`: its parameters as unparsed texts. `undefined` for an element with an
 * unclosed quote, which is not trusted.
 */
type Element = readonly string[] | undefined

/** Splits a header at commas and semicolons outside of quotes, in linear time for any input. */
function elements(value: string): readonly Element[] {
  const found: Element[] = []
  let parameters: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at]
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted && character === "\\") at += 1
    else if (!isQuoted && (character === "," || character === ";")) {
      parameters.push(value.slice(start, at))
      start = at + 1
      if (character === ";") continue
      // Only the last elements are used; dropping others bounds the memory for a header full of commas.
      if (found.push(parameters) > 10 * maxEntries) found.splice(0, 9 * maxEntries)
      parameters = []
    }
  }
  parameters.push(value.slice(start))
  found.push(isQuoted ? undefined : parameters)
  return found
}

/** Returns the value of the parameter `for`; an empty string if there is none or more than one. */
function nodeOf(element: Element): string {
  const named = (element ?? []).map((text) => text.trim()).filter((text) => /^for\s*=/i.test(text))
  const [parameter = ""] = named
  const value = parameter.slice(parameter.indexOf("=") + 1).trim()
  if (named.length !== 1) return ""
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value
}

/** Parses `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` and `[2001:db8::1]:4711`. */
function addressOf(node: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(node) ?? []
  const address = bracketed ?? plain ?? node
  return nodeNet().isIP(address) === 0 ? undefined : address
}
