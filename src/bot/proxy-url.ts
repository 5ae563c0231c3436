import { unexpectedOption } from "../ground/expect-option.js"
import { redactUrlCredentials } from "../ground/redact-credentials.js"

const protocols = /^(https?|socks(4|4a|5|5h)?):$/

/**
 * Parses the URL of a proxy. No error message contains its user name and password.
 *
 * @throws TypeError
 */
export function proxyUrl(name: string, value: unknown): URL {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined
  if (url && protocols.test(url.protocol) && url.hostname !== "") return url
  const shown = typeof value === "string" ? redactUrlCredentials(value) : value
  return unexpectedOption(name, 'a URL like "http://host:3128" or "socks5://host:1080"', shown)
}
