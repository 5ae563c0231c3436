import type { Duplex } from "node:stream"
import type { ConnectionOptions, TLSSocket } from "node:tls"
import { errorClause, errorCode } from "../ground/error-text.js"
import { nodeCrypto, nodeNet } from "../ground/node-modules.js"
import { certificateNamesHost } from "./certificate-names-host.js"
import { problem, type CertificateProblem } from "./certificate-problem.js"
import type { CertificateProblemsOptions } from "./certificate-problems.js"

/** The options of {@link handshakeProblem}. */
export type HandshakeProblemOptions = Omit<CertificateProblemsOptions, "key" | "now"> & {
  /** The private key as PEM text. */
  readonly key: string
}

/**
 * OpenSSL's security level 2, Debian's default: RSA keys have at least 2,048 bits. Node before version 24
 * uses the laxer level 1.
 */
const ciphers = "DEFAULT:@SECLEVEL=2"
/** The longest time for the handshake, in milliseconds. */
const timeoutMs = 5_000

/** OpenSSL's codes for an unknown issuer, which may be a public authority that Node does not know. */
const unknownIssuer = [
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]

/** Returns the options of a TLS client that verifies a server by Telegram's rules. */
export function telegramTlsOptions({
  cert,
  host,
  uploaded,
  authorities,
}: Omit<CertificateProblemsOptions, "key" | "now">): ConnectionOptions {
  const ca = uploaded ? [cert] : authorities
  return {
    minVersion: "TLSv1.2",
    ciphers,
    ...(ca !== undefined && { ca: [...ca] }),
    ...(host !== undefined && nodeNet().isIP(host) === 0 && { servername: host }),
    checkServerIdentity(_name: string, { raw }: { readonly raw: Buffer }) {
      if (host === undefined) return undefined
      const served = new (nodeCrypto().X509Certificate)(raw)
      return certificateNamesHost(served, host, uploaded)
        ? undefined
        : new Error("the certificate names another host")
    },
  }
}

/**
 * Performs a TLS handshake inside this process, without a socket, between a server with the given
 * certificate and a client with Telegram's rules. In this way OpenSSL also finds defects that
 * {@link certificateProblems} does not look for. Resolves with the reason for a failure, or with
 * `undefined` if the handshake succeeds.
 */
export async function handshakeProblem(
  options: HandshakeProblemOptions,
): Promise<CertificateProblem | undefined> {
  const failure = await handshakeError(options)
  const reason = failure === undefined ? undefined : distrustReason(failure, options)
  if (reason === undefined) return undefined
  return problem(
    "handshake-fails",
    `A TLS handshake by Telegram's rules fails with this certificate: ${reason}. Get another ` +
      "certificate from your authority, or create one with `sounder certificate HOST`.",
  )
}

/**
 * Returns the reason why a handshake with {@link telegramTlsOptions} failed; `undefined` if the issuer
 * is unknown to Node but may be one of the public authorities that Telegram trusts.
 */
export function distrustReason(
  error: unknown,
  { uploaded, authorities }: Pick<CertificateProblemsOptions, "uploaded" | "authorities">,
): string | undefined {
  const mayBePublic = !uploaded && authorities === undefined
  if (mayBePublic && unknownIssuer.includes(errorCode(error))) return undefined
  const text = errorClause(error)
  const [, reason = text] = /:SSL routines:[^:]*:([^:\n]+)/.exec(text) ?? []
  return reason.trim()
}

async function handshakeError(options: HandshakeProblemOptions): Promise<unknown> {
  const tls = process.getBuiltinModule("node:tls")
  const [clientEnd, serverEnd] = duplexPair()
  let server: TLSSocket | undefined
  let client: TLSSocket | undefined
  try {
    const { key, cert } = options
    const secureContext = tls.createSecureContext({ key, cert })
    server = new tls.TLSSocket(serverEnd, { isServer: true, secureContext })
    client = tls.connect({ ...telegramTlsOptions(options), socket: clientEnd })
    await handshake(client, server)
    return undefined
  } catch (error) {
    return error
  } finally {
    client?.destroy()
    server?.destroy()
  }
}

function handshake(client: TLSSocket, server: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer)
      settle()
    }
    const fail = (error: Error) => end(() => reject(error))
    const timer = setTimeout(() => fail(new Error("the handshake timed out")), timeoutMs)
    client.on("error", fail)
    // The client's error has the reason. The server's error says only that the client closed the connection.
    server.on("error", () => {})
    client.once("close", () => fail(new Error("the connection was closed")))
    client.once("secureConnect", () => end(resolve))
  })
}

/** Returns two connected streams: the bytes written to one are read from the other. */
function duplexPair(): [Duplex, Duplex] {
  const { Duplex: Stream } = process.getBuiltinModule("node:stream")
  const sides: Duplex[] = []
  const side = (other: number) =>
    new Stream({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        sides[other]?.push(chunk)
        done()
      },
      final(done) {
        sides[other]?.push(null)
        done()
      },
    })
  const [clientEnd, serverEnd] = [side(1), side(0)]
  sides.push(clientEnd, serverEnd)
  return [clientEnd, serverEnd]
}
