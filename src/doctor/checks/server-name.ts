import { isIP } from "node:net"

/** What Telegram says of the host in the handshake (SNI): names, but no addresses. */
export function serverName(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {}
}
