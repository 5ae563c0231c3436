import type { SecureContext, TlsOptions, TLSSocket } from "node:tls"

/** The ALPN protocol of tls-alpn-01, which only authorities use. */
export const challengeProtocol = "acme-tls/1"

/** The certificates between which a handshake chooses. */
export interface HandshakeChoices {
  /** Returns the certificate for a server name. */
  contextFor(name: string): SecureContext | undefined
  /** Returns the certificate that answers a pending challenge for a server name. */
  challengeFor(name: string): SecureContext | undefined
}

/**
 * Returns the TLS callbacks that choose the certificate and the protocol of a handshake. An authority
 * that offers the challenge protocol gets the certificate of its pending challenge; without one, it is refused.
 * Any other client gets HTTP/1.1; a client that offers only other protocols is refused. Telegram offers no
 * protocols, and is therefore accepted.
 *
 * Neither callback throws, even if a certificate source does: before Node 20.20, an exception in a
 * callback ended the process.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8737
 */
export function handshakeOptions(
  choices: HandshakeChoices,
): Pick<TlsOptions, "SNICallback" | "ALPNCallback"> {
  // TLS 1.2 calls SNICallback first, TLS 1.3 ALPNCallback. In both, `this` is the socket.
  const challenges = new WeakMap<TLSSocket, SecureContext>()
  return {
    SNICallback(this: TLSSocket, name, done) {
      const context = chooseOrNone(() => challenges.get(this) ?? choices.contextFor(name))
      if (context) done(null, context)
      else done(new Error("There is no certificate for this name."))
    },
    ALPNCallback(this: TLSSocket, { servername, protocols }) {
      if (!protocols.includes(challengeProtocol)) {
        return protocols.includes("http/1.1") ? "http/1.1" : undefined
      }
      return chooseOrNone(() => {
        // Without a server name, `servername` is false, contrary to its type.
        const challenge = servername ? choices.challengeFor(servername) : undefined
        if (!challenge) return undefined
        challenges.set(this, challenge)
        this.setKeyCert(challenge)
        return challengeProtocol
      })
    },
  }
}

/** Returns the result of a function; `undefined` if the function throws. */
function chooseOrNone<T>(choose: () => T): T | undefined {
  try {
    return choose()
  } catch {
    return undefined
  }
}
