import type { SecureContext, TlsOptions, TLSSocket } from "node:tls"

/** The protocol by which an authority asks for its challenge, and nobody else for anything. */
export const challengeProtocol = "acme-tls/1"

/** Which certificate a client is shown. */
export interface HandshakeChoices {
  /** Returns the one for a name. */
  contextFor(name: string): SecureContext | undefined
  /** Returns the one that answers an authority's challenge for a name, if there is a challenge. */
  challengeFor(name: string): SecureContext | undefined
}

/**
 * Returns how a server chooses the certificate of a handshake. An authority that asks for a challenge
 * is shown that and no other, and is refused where there is none; any other client gets HTTP/1.1, or
 * is refused where it wants something else. Telegram asks for no protocol.
 *
 * Neither callback throws, whatever a source of certificates does: before Node 20.20 an exception in
 * one of them ended the process.
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
      const context = attempt(() => challenges.get(this) ?? choices.contextFor(name))
      if (context) done(null, context)
      else done(new Error("There is no certificate for this name."))
    },
    ALPNCallback(this: TLSSocket, { servername, protocols }) {
      if (!protocols.includes(challengeProtocol)) {
        return protocols.includes("http/1.1") ? "http/1.1" : undefined
      }
      return attempt(() => {
        // `false` where the client gives no name, although the types do not say so.
        const challenge = servername ? choices.challengeFor(servername) : undefined
        if (!challenge) return undefined
        challenges.set(this, challenge)
        this.setKeyCert(challenge)
        return challengeProtocol
      })
    },
  }
}

function attempt<T>(choose: () => T): T | undefined {
  try {
    return choose()
  } catch {
    return undefined
  }
}
