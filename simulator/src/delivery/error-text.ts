import { ownValue } from "../ground/own-value.js"
const systemErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  ETIMEDOUT: "Connection timed out",
  EHOSTUNREACH: "No route to host",
  ENETUNREACH: "Network is unreachable",
  EPIPE: "Broken pipe",
}

const notTrusted = "SSL error {error:0A000086:SSL routines::certificate verify failed}"

/**
 * Returns the `last_error_message` for a socket's error; `undefined` after a clean close by the
 * other side, which Telegram does not record.
 *
 * @param isVerifying whether the error came from verifying the server's certificate
 */
export function errorText(
  error: Error & { code?: string },
  isVerifying: boolean,
): string | undefined {
  const tls = /error:([0-9A-F]{8}):([^:]*):[^:]*:([^:]+)/i.exec(error.message)
  if (tls !== null) return `SSL error {error:${tls[1]}:${tls[2]}::${tls[3]}}`
  if (/before secure TLS connection/.test(error.message)) return undefined
  const knownText = ownValue(systemErrors, error.code ?? "")
  if (knownText !== undefined) return knownText
  return isVerifying ? notTrusted : error.message
}
