import type { X509Certificate } from "node:crypto"
import { derElement, derElements, derTag, objectIdentifier } from "./der.js"

/** The parts of a certificate that decide what it may be used for, and that Node does not show. */
export interface CertificateExtensions {
  /** The names of the permitted uses of the key; `undefined` where all are. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined
  /** Whether it may issue others; `undefined` where it does not say. */
  readonly isAuthority: boolean | undefined
  /** How many authorities may follow below it; `undefined` for any number. */
  readonly pathLength: number | undefined
  /** The bits of Netscape's old certificate type; `undefined` where it has none. */
  readonly netscapeType: number | undefined
  /** Critical extensions that OpenSSL does not know, by their identifiers. */
  readonly unknownCritical: readonly string[]
  /** The names below which it may issue certificates. */
  readonly permittedNames: readonly string[]
  /** The names below which it may not issue certificates. */
  readonly excludedNames: readonly string[]
  /** The identifier of the algorithm that it is signed with. */
  readonly signatureAlgorithm: string
}

/** A permitted use of a key that matters for servers. */
export type KeyUsage = "digitalSignature" | "keyEncipherment" | "keyAgreement" | "keyCertSign"

interface Extension {
  readonly isCritical: boolean
  readonly value: Buffer
}

const identifiers = {
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  netscapeType: "2.16.840.1.113730.1.1",
} as const

/** The extensions that OpenSSL handles, so that they may be critical. */
const handled: ReadonlySet<string> = new Set([
  ...Object.values(identifiers),
  ...["17", "31", "32", "33", "36", "37", "54"].map((last) => `2.5.29.${last}`),
  ...["7", "8", "14"].map((last) => `1.3.6.1.5.5.7.1.${last}`),
])

const usageBits: readonly (readonly [KeyUsage, number])[] = [
  ["digitalSignature", 0x80],
  ["keyEncipherment", 0x20],
  ["keyAgreement", 0x08],
  ["keyCertSign", 0x04],
]

/** Reads the extensions of a certificate. */
export function certificateExtensions({ raw }: X509Certificate): CertificateExtensions {
  const [body, algorithm] = derElements(content(raw))
  const extensions = extensionsIn(body?.content ?? Buffer.alloc(0))
  const valueOf = (id: string) => extensions.get(id)?.value
  const constraints = derElements(content(valueOf(identifiers.basicConstraints)))
  const isLimited = constraints.find(({ tag }) => tag === derTag.integer)
  const names = derElements(content(valueOf(identifiers.nameConstraints)))
  return {
    keyUsage: keyUsageIn(valueOf(identifiers.keyUsage)),
    isAuthority: extensions.has(identifiers.basicConstraints)
      ? constraints.some(({ tag, content: value }) => tag === derTag.boolean && value[0] !== 0)
      : undefined,
    pathLength: isLimited && Number.parseInt(isLimited.content.toString("hex"), 16),
    netscapeType: bitsOf(valueOf(identifiers.netscapeType)),
    unknownCritical: [...extensions].flatMap(([id, { isCritical }]) =>
      isCritical && !handled.has(id) ? [id] : [],
    ),
    permittedNames: dnsNamesIn(names.find(({ tag }) => tag === derTag.first)?.content),
    excludedNames: dnsNamesIn(names.find(({ tag }) => tag === derTag.second)?.content),
    signatureAlgorithm: objectIdentifier(content(algorithm?.content)),
  }
}

/** The content of the first element in some bytes. */
function content(bytes: Buffer | undefined): Buffer {
  return (bytes && derElement(bytes)?.content) ?? Buffer.alloc(0)
}

function extensionsIn(body: Buffer): Map<string, Extension> {
  const list = derElements(body).find(({ tag }) => tag === derTag.fourth)
  return new Map(
    derElements(content(list?.content)).map((element) => {
      const parts = derElements(element.content)
      const isCritical = parts.some(({ tag, content: value }) => tag === derTag.boolean && value[0])
      const value = parts.at(-1)?.content ?? Buffer.alloc(0)
      return [objectIdentifier(parts[0]?.content ?? Buffer.alloc(0)), { isCritical, value }]
    }),
  )
}

/** The first byte of a bit string; its own first byte only counts unused bits. */
function bitsOf(value: Buffer | undefined): number | undefined {
  return value === undefined ? undefined : (content(value)[1] ?? 0)
}

function keyUsageIn(value: Buffer | undefined): ReadonlySet<KeyUsage> | undefined {
  const bits = bitsOf(value)
  if (bits === undefined) return undefined
  return new Set(usageBits.flatMap(([usage, bit]) => ((bits & bit) === 0 ? [] : [usage])))
}

/** The DNS names of a list of subtrees. */
function dnsNamesIn(subtrees: Buffer | undefined): string[] {
  const dnsName = 0x82
  return derElements(subtrees ?? Buffer.alloc(0)).flatMap((subtree) => {
    const [base] = derElements(subtree.content)
    return base?.tag === dnsName ? [base.content.toString("latin1").toLowerCase()] : []
  })
}
