import type { ConnectionRefusalReason } from "../events/index.js"
import { errorCode, errorText } from "../ground/error-text.js"
import { hasProxySignature } from "./client-address/proxy-header.js"

/** The reason of a refused connection, with its text for the log. */
export interface ExplainedRefusal {
  readonly reason: ConnectionRefusalReason
  readonly text: string
}

/** Patterns for OpenSSL's error codes, each with the cause and the fix. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|UNSUPPORTED_CERTIFICATE/,
    "The client does not trust the certificate. Run `sounder doctor` to find out whether Telegram trusts it",
  ],
  [
    /UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|PROTOCOL_VERSION|NO_SHARED_CIPHER|NO_SHARED_GROUP|SIGNATURE_ALG/,
    "The client offers only outdated versions or ciphers: the server speaks TLS 1.2 and 1.3",
  ],
  [
    /APPLICATION_PROTOCOL/,
    "The client requires a protocol other than HTTP/1.1, such as HTTP/2, or an ACME challenge that is not pending",
  ],
  [/HANDSHAKE_TIMEOUT/, "The handshake did not end within 20 s"],
  [
    /WRONG_VERSION|PACKET_LENGTH|HTTPS_PROXY|BAD_RECORD|UNEXPECTED_MESSAGE/,
    "The client does not speak TLS. If a proxy in front sends the PROXY protocol, set `proxyProtocol: true`",
  ],
]

/** Explains a failed TLS handshake. */
export function explainTlsFailure(error: Error, client: string): ExplainedRefusal {
  const code = errorCode(error)
  if (code === "ERR_SSL_HTTP_REQUEST") {
    return {
      reason: "plain-http",
      text: `A client (${client}) speaks plain HTTP, but the server speaks HTTPS. If it is a proxy, let the proxy call https://, or start the server without \`key\` and \`cert\``,
    }
  }
  const [, meaning] = meanings.find(([part]) => part.test(code)) ?? []
  const reason = meaning ?? (code || errorText(error))
  return { reason: "tls", text: `A TLS handshake with ${client} failed. ${reason}` }
}

/** Explains the first bytes of a connection that are not HTTP; `undefined` for an unknown protocol. */
export function explainFirstBytes(bytes: Buffer, client: string): ExplainedRefusal | undefined {
  // The header of a TLS record: type 0x16 (handshake), protocol version 3.x.
  if (bytes[0] === 0x16 && bytes[1] === 0x03) {
    return {
      reason: "tls-on-http",
      text: `A client (${client}) speaks TLS, but the server speaks plain HTTP. If it is a proxy, let the proxy call http://, or give the server \`key\` and \`cert\``,
    }
  }
  if (hasProxySignature(bytes)) {
    return {
      reason: "unexpected-proxy-header",
      text: `A client (${client}) sends the PROXY protocol, which the server does not expect. Set \`proxyProtocol: true\`, or remove send-proxy from the proxy's configuration`,
    }
  }
  return undefined
}
