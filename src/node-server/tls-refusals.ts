import type { ConnectionRefusalReason } from "../events/index.js"
import { errorCode, errorText } from "../ground/error-text.js"

/** Why a connection was refused, in words. */
export interface ExplainedRefusal {
  readonly reason: ConnectionRefusalReason
  readonly text: string
}

/** Parts of OpenSSL's codes, each with what it means and what to do. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|UNSUPPORTED_CERTIFICATE/,
    "The client does not trust the certificate. `sounder doctor` finds out why Telegram would not",
  ],
  [
    /UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|PROTOCOL_VERSION|NO_SHARED_CIPHER|NO_SHARED_GROUP|SIGNATURE_ALG/,
    "The client offers only what is out of date: the server speaks TLS 1.2 and 1.3",
  ],
  [
    /APPLICATION_PROTOCOL/,
    "The client wants a protocol other than HTTP/1.1, such as HTTP/2, or a challenge that nobody awaits",
  ],
  [/HANDSHAKE_TIMEOUT/, "It had not ended after 20 s"],
  [
    /WRONG_VERSION|PACKET_LENGTH|HTTPS_PROXY|BAD_RECORD|UNEXPECTED_MESSAGE/,
    "It was not TLS. If a proxy in front sends the PROXY protocol, set `proxyProtocol: true`",
  ],
]

/** Explains a failed TLS handshake. */
export function explainTlsFailure(error: Error, client: string): ExplainedRefusal {
  const code = errorCode(error)
  if (code === "ERR_SSL_HTTP_REQUEST") {
    return {
      reason: "plain-http",
      text: `Plain HTTP came from ${client} to a server that speaks HTTPS. A proxy in front has to call it with https://, or leave out \`key\` and \`cert\``,
    }
  }
  const [, meaning] = meanings.find(([part]) => part.test(code)) ?? []
  const reason = meaning ?? (code || errorText(error))
  return { reason: "tls", text: `A TLS handshake with ${client} failed. ${reason}` }
}

const proxySignature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1")

/** Explains the first bytes of a connection that are no HTTP; `undefined` for those of a scanner. */
export function explainFirstBytes(bytes: Buffer, client: string): ExplainedRefusal | undefined {
  if (bytes[0] === 0x16 && bytes[1] === 0x03) {
    return {
      reason: "tls-on-http",
      text: `A TLS handshake came from ${client} to a server that speaks plain HTTP. A proxy in front has to call it with http://, or give the server \`key\` and \`cert\``,
    }
  }
  const start = bytes.subarray(0, proxySignature.length)
  if (bytes.toString("latin1", 0, 6) === "PROXY " || start.equals(proxySignature)) {
    return {
      reason: "unexpected-proxy-header",
      text: `A connection from ${client} began with the PROXY protocol, which the server does not expect. Set \`proxyProtocol: true\`, or take it out of the proxy's configuration (send-proxy)`,
    }
  }
  return undefined
}
