import { isIP } from "node:net"

/** Returns the TLS option for the server name (SNI): Telegram sends host names, but no IP addresses. */
export function serverName(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {}
}
