import { X509Certificate } from "node:crypto"
import { once } from "node:events"
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect, createServer, type ConnectionOptions } from "node:tls"
import { promisify } from "node:util"
import { portOf } from "../support/free-port.js"

const run = promisify(execFile)

/** The properties of a test certificate. */
export interface Recipe {
  readonly commonName: string
  /** As in an OpenSSL configuration: `DNS:localhost,IP:127.0.0.1`. */
  readonly names?: string
  /** As in an OpenSSL configuration: `serverAuth`. */
  readonly usage?: string
  readonly days?: number
  /** The signing pair. Default: self-signed. */
  readonly issuer?: Pair
  readonly isAuthority?: boolean
}

/** A certificate and its key, as PEM text. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** Creates a certificate with the command `openssl`. */
export async function opensslCertificate(recipe: Recipe): Promise<Pair> {
  const folder = await mkdtemp(join(tmpdir(), "sounder-openssl-"))
  try {
    if (recipe.issuer) {
      await writeFile(join(folder, "ca.pem"), recipe.issuer.cert)
      await writeFile(join(folder, "ca.key"), recipe.issuer.key)
    }
    await run("openssl", argumentsFor(recipe), { cwd: folder })
    const read = (name: string) => readFile(join(folder, name), "utf8")
    return { cert: await read("cert.pem"), key: await read("key.pem") }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function argumentsFor({ commonName, names, usage, days = 30, issuer, isAuthority }: Recipe) {
  const extension = (text: string) => ["-addext", text]
  return [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-keyout", "key.pem", "-out", "cert.pem", "-subj", `/CN=${commonName}`],
    ...["-days", `${days}`],
    ...(names === undefined ? [] : extension(`subjectAltName=${names}`)),
    ...(usage === undefined ? [] : extension(`extendedKeyUsage=${usage}`)),
    ...(issuer ? ["-CA", "ca.pem", "-CAkey", "ca.key"] : []),
    ...(issuer && !isAuthority ? extension("basicConstraints=critical,CA:FALSE") : []),
  ]
}

/**
 * Whether a TLS client that trusts only `trusted` accepts a server with this certificate, for this
 * host. The names are compared by `comparesAs`: as a name with an uploaded certificate.
 */
export async function handshake(
  server: Pair,
  trusted: string,
  comparesAs: NonNullable<ConnectionOptions["checkServerIdentity"]>,
): Promise<true | string> {
  const listening = createServer({ key: server.key, cert: server.cert })
  listening.on("tlsClientError", () => {}) // the client says why
  listening.listen(0, "127.0.0.1")
  await once(listening, "listening")
  const socket = connect({
    host: "127.0.0.1",
    port: portOf(listening),
    ca: trusted,
    checkServerIdentity: comparesAs,
  })
  try {
    await once(socket, "secureConnect")
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.destroy()
    listening.close()
  }
}

/** Compares a host by OpenSSL's own command, with the option that Telegram's server uses. */
export async function opensslVerifies(
  cert: string,
  trusted: string,
  option: "-verify_hostname" | "-verify_ip",
  host: string,
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "sounder-openssl-"))
  try {
    await writeFile(join(folder, "cert.pem"), cert)
    await writeFile(join(folder, "ca.pem"), trusted)
    const trust = ["-no-CApath", "-no-CAstore", "-CAfile", "ca.pem", "-purpose", "sslserver"]
    const verify = ["verify", "-x509_strict", ...trust, option, host, "cert.pem"]
    if (!new X509Certificate(cert).ca) verify.splice(1, 1)
    return await run("openssl", verify, { cwd: folder }).then(
      () => true,
      () => false,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
