/**
 * Returns a URL in the form in which Telegram stores it; `undefined` for a URL that Telegram refuses in an
 * entity. Telegram accepts web addresses, also without `https://`, and its own links.
 */
export function linkUrl(given: string): string | undefined {
  const url = given.trim()
  if (/[\s\p{Cc}<>"]/u.test(url)) return undefined
  if (/^(?:tg|ton):\/\/[a-z0-9]/i.test(url)) return parsed(url)?.href
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]
  if (scheme !== undefined && !/^(?:https?|tonsite)$/i.test(scheme)) return undefined
  // Without slashes, a colon is accepted only before a port: `mailto:` has another meaning.
  if (scheme === undefined && /^[^/?#]*:(?!\d+(?:[/?#]|$))/.test(url)) return undefined
  const address = parsed(scheme === undefined ? `http://${url}` : url)
  if (address === undefined || !isPublicHost(address.hostname)) return undefined
  return address.href
}

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}

/** Returns whether a host has a dot within its name, as Telegram demands, or is an IPv6 address. */
function isPublicHost(host: string): boolean {
  return /^[^.]+(?:\.[^.]+)+$/.test(host) || host.startsWith("[")
}
