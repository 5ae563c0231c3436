import type { SecureContext, TlsOptions, TLSSocket } from "node:tls"

/** The protocol by which an authority asks for its challenge, and nobody else for anything. */
export const challengeProtocol = "acme-tls/1"

/** Which certificate a client is shown. */
export interface HandshakeChoices {
  /** The one for a name. */
  contextFor(name: string): SecureContext | undefined
  /** The one that answers an authority's challenge for a name, if there is such a challenge. */
  challengeFor(name: string): SecureContext | undefined
}

/**
 * How a server chooses what to show. An authority that asks for a challenge is shown that and no
 * other, and is refused where there is none; everybody else gets HTTP/1.1, or is refused where they
 * want something else. Telegram asks for no protocol.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8737
 */
export function handshakeOptions(
  choices: HandshakeChoices,
): Pick<TlsOptions, "SNICallback" | "ALPNCallback"> {
  // TLS 1.2 asks for the name first, TLS 1.3 for the protocol. The socket is `this` in both.
  const challenges = new WeakMap<TLSSocket, SecureContext>()
  return {
    SNICallback(this: TLSSocket, name, done) {
      done(null, challenges.get(this) ?? choices.contextFor(name))
    },
    ALPNCallback(this: TLSSocket, { servername, protocols }) {
      if (!protocols.includes(challengeProtocol)) {
        return protocols.includes("http/1.1") ? "http/1.1" : undefined
      }
      const challenge = choices.challengeFor(servername)
      if (!challenge) return undefined
      challenges.set(this, challenge)
      this.setKeyCert(challenge)
      return challengeProtocol
    },
  }
}
