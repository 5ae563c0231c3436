import { isIP } from "node:net"
import { Duplex } from "node:stream"
import type { ConnectionOptions, TLSSocket } from "node:tls"
import { errorCode, errorText } from "../ground/error-text.js"
import { nodeCrypto } from "../ground/node-crypto.js"
import { certificateNamesHost } from "./certificate-names-host.js"
import { problem, type CertificateProblem } from "./certificate-problem.js"
import type { CertificateProblemsOptions } from "./certificate-problems.js"

/** What a handshake is tried with. */
export type HandshakeProblemOptions = Omit<CertificateProblemsOptions, "key" | "now"> & {
  /** The private key as PEM text. */
  readonly key: string
}

/** The security level of Debian's OpenSSL, which is stricter than Node's was before version 24. */
const ciphers = "DEFAULT:@SECLEVEL=2"
const timeoutMs = 5_000

/** What OpenSSL says where it does not know the root, which may be a public one all the same. */
const unknownIssuer = [
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]

/** Builds the options of a TLS client that judges a server as Telegram's does. */
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
    ...(host !== undefined && isIP(host) === 0 && { servername: host }),
    checkServerIdentity(_name: string, { raw }: { readonly raw: Buffer }) {
      if (host === undefined) return undefined
      const shown = new (nodeCrypto().X509Certificate)(raw)
      return certificateNamesHost(shown, host, uploaded)
        ? undefined
        : new Error("it names another host")
    },
  }
}

/**
 * Tries a TLS handshake inside this process, with the rules of Telegram's client, and says why it
 * fails: OpenSSL has the last word on what {@link certificateProblems} can only read. Resolves with
 * `undefined` where it comes about.
 */
export async function handshakeProblem(
  options: HandshakeProblemOptions,
): Promise<CertificateProblem | undefined> {
  const failure = await failureOf(options)
  const reason = failure === undefined ? undefined : distrustReason(failure, options)
  if (reason === undefined) return undefined
  return problem(
    "handshake-fails",
    `A TLS handshake with this certificate fails as Telegram's would: ${reason}. Get another one ` +
      "from your authority, or create one with `sounder certificate HOST`.",
  )
}

/**
 * Says why a handshake with {@link telegramTlsOptions} failed; `undefined` where Telegram may take what
 * this Node does not, because it knows more public authorities.
 */
export function distrustReason(
  error: unknown,
  { uploaded, authorities }: Pick<CertificateProblemsOptions, "uploaded" | "authorities">,
): string | undefined {
  const mayBePublic = !uploaded && authorities === undefined
  if (mayBePublic && unknownIssuer.includes(errorCode(error))) return undefined
  const text = errorText(error)
  const [, reason = text] = /:SSL routines:[^:]*:([^:\n]+)/.exec(text) ?? []
  return reason.trim()
}

async function failureOf(options: HandshakeProblemOptions): Promise<unknown> {
  const tls = process.getBuiltinModule("node:tls")
  const [near, far] = duplexPair()
  let server: TLSSocket | undefined
  let client: TLSSocket | undefined
  try {
    const { key, cert } = options
    const secureContext = tls.createSecureContext({ key, cert })
    server = new tls.TLSSocket(far, { isServer: true, secureContext })
    client = tls.connect({ ...telegramTlsOptions(options), socket: near })
    await secured(client, server)
    return undefined
  } catch (error) {
    return error
  } finally {
    client?.destroy()
    server?.destroy()
  }
}

function secured(client: TLSSocket, server: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (act: () => void) => {
      clearTimeout(timer)
      act()
    }
    const fail = (error: Error) => end(() => reject(error))
    const timer = setTimeout(() => fail(new Error("it does not end")), timeoutMs)
    client.on("error", fail)
    // The client says why, and may be gone before its alert is read.
    server.on("error", () => {})
    client.once("close", () => fail(new Error("the connection was closed")))
    client.once("secureConnect", () => end(resolve))
  })
}

/** Two streams, each of which reads what is written to the other. */
function duplexPair(): [Duplex, Duplex] {
  const sides: Duplex[] = []
  const side = (other: number) =>
    new Duplex({
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
  const [near, far] = [side(1), side(0)]
  sides.push(near, far)
  return [near, far]
}
