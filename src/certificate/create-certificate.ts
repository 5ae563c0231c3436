import { nodeCrypto, nodeNet } from "../ground/node-modules.js"
import {
  expectInteger,
  expectOptionsObject,
  type OptionNames,
  unexpectedOption,
} from "../ground/expect-option.js"
import { expectHost } from "./host.js"
import { loadX509 } from "./load-x509.js"

/** The options of {@link createCertificate}. */
export interface CreateCertificateOptions {
  /** The number of days for which the certificate is valid, from 1 to 36,500. Default: 3,650. */
  readonly days?: number
  /** The type of the private key: `"ec"` (P-256) or `"rsa"` (2048 bits). Default: `"ec"`. */
  readonly keyType?: "ec" | "rsa"
}

/** A private key and its certificate, both as PEM text. */
export interface CertificateAndKey {
  /** The private key. Only the server needs it. */
  readonly key: string
  /** The certificate, followed by its issuers if an authority issued it. */
  readonly cert: string
}

/** The names of the options of {@link createCertificate}. */
export const createCertificateNames: OptionNames<CreateCertificateOptions> = {
  days: true,
  keyType: true,
}

type X509 = typeof import("@peculiar/x509")

const algorithms = {
  ec: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  rsa: {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  },
}
const hourMs = 60 * 60 * 1000
/** The longest common name that X.509 permits, in characters. */
const longestCommonName = 64

/**
 * Creates a self-signed certificate that Telegram accepts when it is uploaded with `setWebhook`.
 *
 * Telegram compares an IP address in a webhook's URL with the DNS names of an *uploaded* certificate.
 * The certificate therefore contains each IP address twice: as an IP address and as a DNS name.
 *
 * @param hosts names (`*.example.com` for all names one level below) and IPv4 addresses
 * @throws TypeError for a host to which Telegram cannot deliver, such as an IPv6 address
 * @example
 * ```ts
 * import { createCertificate } from "sounder"
 *
 * const { key, cert } = await createCertificate("bot.example.com")
 * ```
 * @see https://core.telegram.org/bots/self-signed
 */
export async function createCertificate(
  hosts: string | readonly string[],
  options: CreateCertificateOptions = {},
): Promise<CertificateAndKey> {
  expectOptionsObject(options, "createCertificate(hosts, { days })", createCertificateNames)
  const { days = 3_650, keyType = "ec" } = options
  expectInteger("days", days, 1, 36_500)
  if (!Object.hasOwn(algorithms, keyType)) unexpectedOption("keyType", '"ec" or "rsa"', keyType)
  const names = expectHosts(hosts)
  const algorithm = algorithms[keyType]
  const x509 = await loadX509()
  const keys = await newKeys(algorithm)
  const now = Date.now()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerialNumber(),
      name: [{ CN: [names.find((name) => name.length <= longestCommonName) ?? "sounder"] }],
      // The certificate is already valid for clients whose clock is an hour slow.
      notBefore: new Date(now - hourMs),
      notAfter: new Date(now + days * 24 * hourMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: await extensions(x509, names, keys.publicKey),
    },
    nodeCrypto().webcrypto,
  )
  const key = await nodeCrypto().webcrypto.subtle.exportKey("pkcs8", keys.privateKey)
  return {
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
    cert: `${certificate.toString("pem")}\n`,
  }
}

function expectHosts(hosts: string | readonly string[]): string[] {
  const all: readonly unknown[] = Array.isArray(hosts) ? hosts : [hosts]
  if (all.length === 0) unexpectedOption("hosts", "at least one host", hosts)
  return [...new Set(all.map((host) => expectHost("hosts", host)))]
}

function newKeys(algorithm: (typeof algorithms)["ec" | "rsa"]): Promise<CryptoKeyPair> {
  return nodeCrypto().webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
}

/**
 * Returns a random serial number of 16 bytes. Its first bits are 01: positive, without a leading zero byte.
 */
function newSerialNumber(): string {
  const bytes = nodeCrypto().randomBytes(16)
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)
  return bytes.toString("hex")
}

/**
 * Returns the extensions of the certificate. The extensions mark the certificate as an authority and as a
 * server certificate, because Telegram uses an uploaded certificate as the trusted root and as the certificate
 * of the server.
 */
async function extensions(x509: X509, names: readonly string[], publicKey: CryptoKey) {
  const { digitalSignature, keyEncipherment, keyCertSign } = x509.KeyUsageFlags
  const isRsa = publicKey.algorithm.name !== "ECDSA"
  const usages = digitalSignature | keyCertSign | (isRsa ? keyEncipherment : 0)
  return [
    // An authority without authorities below it; a critical extension.
    new x509.BasicConstraintsExtension(true, 0, true),
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- a set of bits, not one name
    new x509.KeyUsagesExtension(usages, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(names.flatMap(alternativeNames)),
    await x509.SubjectKeyIdentifierExtension.create(publicKey, false, nodeCrypto().webcrypto),
    // Distinguishes this certificate from a successor with the same subject when both are trusted.
    await x509.AuthorityKeyIdentifierExtension.create(publicKey, false, nodeCrypto().webcrypto),
  ]
}

function alternativeNames(host: string): { type: "dns" | "ip"; value: string }[] {
  const name = { type: "dns" as const, value: host }
  return nodeNet().isIPv4(host) ? [name, { type: "ip", value: host }] : [name]
}
