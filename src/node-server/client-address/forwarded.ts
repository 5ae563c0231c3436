import { isIP } from "node:net"

/** A header in which proxies say for whom they ask. */
export type ForwardedHeader = "x-forwarded-for" | "forwarded"

/**
 * The addresses for which proxies say that they ask, the nearest proxy's word last; `undefined` where
 * one says that it does not know, or something that is no address.
 *
 * @param value the header as it came; several of one name joined by commas, as Node does
 * @see https://www.rfc-editor.org/rfc/rfc7239
 */
export function forwardedFor(
  header: ForwardedHeader,
  value: string | undefined,
): readonly (string | undefined)[] {
  if (value === undefined || value.trim() === "") return []
  const entries = header === "forwarded" ? value.match(element) : value.split(",")
  const read = header === "forwarded" ? nodeOf : (entry: string) => entry.trim()
  return (entries ?? []).map((entry) => addressOf(read(entry)))
}

/** One element of `Forwarded`: commas may stand in quotes. */
const element = /(?:"(?:[^"\\]|\\.)*"|[^,"])+/g
const forParameter = /(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;"\s]+))/i

function nodeOf(entry: string): string {
  const [, quoted, plain] = forParameter.exec(entry) ?? []
  return quoted ?? plain ?? ""
}

/** As in `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` and `[2001:db8::1]:4711`. */
function addressOf(node: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(node) ?? []
  const address = bracketed ?? plain ?? node
  return isIP(address) === 0 ? undefined : address
}
