import type { X509Certificate } from "node:crypto"
import { derElement, derElements, derTag, objectIdentifier } from "./der.js"

/** The extensions of a certificate that limit its use and that Node's `X509Certificate` lacks. */
export interface CertificateExtensions {
  /** The permitted uses of the key; `undefined` if every use is permitted. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined
  /** True if the certificate is marked as an authority; `undefined` if it lacks the extension. */
  readonly isAuthority: boolean | undefined
  /** The number of authorities permitted below this one; `undefined` for no limit. */
  readonly pathLength: number | undefined
  /**
   * The bits of Netscape's obsolete extension *certificate type*, such as 0x40 for a server; `undefined` if
   * the certificate lacks the extension.
   */
  readonly netscapeType: number | undefined
  /** The object identifiers of critical extensions that OpenSSL does not know. */
  readonly unknownCritical: readonly string[]
  /** The DNS domains for which this authority may issue certificates; empty for all. */
  readonly permittedNames: readonly string[]
  /** The DNS domains for which this authority may not issue certificates. */
  readonly excludedNames: readonly string[]
  /** The object identifier of the algorithm of the certificate's signature. */
  readonly signatureAlgorithm: string
}

/** A permitted use of a key, one of the four that matter for servers and their issuers. */
export type KeyUsage = "digitalSignature" | "keyEncipherment" | "keyAgreement" | "keyCertSign"

/** An extension; `value` is its DER encoding. */
interface Extension {
  readonly isCritical: boolean
  readonly value: Buffer
}

/** The extended key usage serverAuth. */
export const serverAuth = "1.3.6.1.5.5.7.3.1"

const identifiers = {
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  netscapeType: "2.16.840.1.113730.1.1",
} as const

/**
 * The extensions that OpenSSL knows: OpenSSL rejects a certificate with any other critical one. Besides
 * `identifiers`, these are (as `2.5.29.…`) 17 subjectAltName, 31 cRLDistributionPoints,
 * 32 certificatePolicies, 33 policyMappings, 36 policyConstraints, 37 extKeyUsage, 54 inhibitAnyPolicy,
 * and (as `1.3.6.1.5.5.7.1.…`) 7 ipAddrBlocks, 8 autonomousSysIds, 14 proxyCertInfo.
 */
const knownToOpenSsl: ReadonlySet<string> = new Set([
  ...Object.values(identifiers),
  ...["17", "31", "32", "33", "36", "37", "54"].map((last) => `2.5.29.${last}`),
  ...["7", "8", "14"].map((last) => `1.3.6.1.5.5.7.1.${last}`),
])

/** The bits of the key usages in the first byte of the extension (RFC 5280, 4.2.1.3). */
const usageBits: readonly (readonly [KeyUsage, number])[] = [
  ["digitalSignature", 0x80],
  ["keyEncipherment", 0x20],
  ["keyAgreement", 0x08],
  ["keyCertSign", 0x04],
]

/** Reads the extensions of a certificate. */
export function certificateExtensions({ raw }: X509Certificate): CertificateExtensions {
  // A certificate is a sequence of three elements: the signed body, the algorithm and the signature.
  const [body, algorithm] = derElements(contentOf(raw))
  const extensions = extensionsIn(body?.content ?? Buffer.alloc(0))
  const valueOf = (id: string) => extensions.get(id)?.value
  const constraints = derElements(contentOf(valueOf(identifiers.basicConstraints)))
  const pathLengthElement = constraints.find(({ tag }) => tag === derTag.integer)
  const names = derElements(contentOf(valueOf(identifiers.nameConstraints)))
  return {
    keyUsage: keyUsageIn(valueOf(identifiers.keyUsage)),
    isAuthority: extensions.has(identifiers.basicConstraints)
      ? constraints.some(({ tag, content }) => tag === derTag.boolean && content[0] !== 0)
      : undefined,
    pathLength: pathLengthElement && Number.parseInt(pathLengthElement.content.toString("hex"), 16),
    netscapeType: firstBits(valueOf(identifiers.netscapeType)),
    unknownCritical: [...extensions].flatMap(([id, { isCritical }]) =>
      isCritical && !knownToOpenSsl.has(id) ? [id] : [],
    ),
    permittedNames: dnsNamesIn(names.find(({ tag }) => tag === derTag.context0)?.content),
    excludedNames: dnsNamesIn(names.find(({ tag }) => tag === derTag.context1)?.content),
    signatureAlgorithm: objectIdentifier(contentOf(algorithm?.content)),
  }
}

/** Returns the content of the first DER element in `bytes`; empty if `bytes` has no element. */
function contentOf(bytes: Buffer | undefined): Buffer {
  return (bytes && derElement(bytes)?.content) ?? Buffer.alloc(0)
}

/** Returns the extensions in the body of a certificate, by their object identifiers. */
function extensionsIn(body: Buffer): Map<string, Extension> {
  const list = derElements(body).find(({ tag }) => tag === derTag.context3)
  return new Map(
    derElements(contentOf(list?.content)).map((element) => {
      const parts = derElements(element.content)
      const isCritical = parts.some(({ tag, content }) => tag === derTag.boolean && content[0])
      const value = parts.at(-1)?.content ?? Buffer.alloc(0)
      return [objectIdentifier(parts[0]?.content ?? Buffer.alloc(0)), { isCritical, value }]
    }),
  )
}

/**
 * Returns the first eight bits of a DER bit string; `undefined` without a value. The content of a bit string
 * begins with the number of its unused bits, in a byte.
 */
function firstBits(value: Buffer | undefined): number | undefined {
  return value === undefined ? undefined : (contentOf(value)[1] ?? 0)
}

function keyUsageIn(value: Buffer | undefined): ReadonlySet<KeyUsage> | undefined {
  const bits = firstBits(value)
  if (bits === undefined) return undefined
  return new Set(usageBits.flatMap(([usage, bit]) => ((bits & bit) === 0 ? [] : [usage])))
}

/** Returns the DNS names in the subtrees (domains) of a name constraint. */
function dnsNamesIn(subtrees: Buffer | undefined): string[] {
  // The tag of a DNS name: context-specific, number 2.
  const dnsName = 0x82
  return derElements(subtrees ?? Buffer.alloc(0)).flatMap((subtree) => {
    const [base] = derElements(subtree.content)
    return base?.tag === dnsName ? [base.content.toString("latin1").toLowerCase()] : []
  })
}
