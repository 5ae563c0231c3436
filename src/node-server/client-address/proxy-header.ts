/**
 * The PROXY protocol: a header that a proxy writes at the beginning of each connection that it forwards.
 * The header contains the client's address.
 *
 * @see https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
 * @module
 */
import { nodeNet } from "../../ground/node-modules.js"
import { unixCaller } from "./networks.js"

/** The result of reading the first bytes of a connection. */
export type ProxyHeader =
  /** The bytes are the beginning of a header: more bytes are needed. */
  | { readonly kind: "incomplete" }
  /** The bytes are not a header. */
  | { readonly kind: "invalid" }
  | {
      readonly kind: "complete"
      /** The length of the header in bytes. The bytes after it come from the client. */
      readonly length: number
      /** The client's address; `undefined` for a connection of the proxy itself or an unknown client. */
      readonly client: string | undefined
    }

/** The longest accepted header, with the optional fields of version 2, in bytes. */
export const maxProxyHeaderBytes = 4096

const incomplete: ProxyHeader = { kind: "incomplete" }
const invalid: ProxyHeader = { kind: "invalid" }

/** The first bytes of a header of version 1 (text) and of version 2 (binary). */
const signatureV1 = Buffer.from("PROXY ")
const signatureV2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1")
/** The longest header of version 1, in bytes. */
const maxV1Bytes = 107

/** Reads a header of version 1 or 2 at the beginning of the bytes received so far. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsLike(bytes, signatureV2)) return readV2(bytes)
  if (startsLike(bytes, signatureV1)) return readV1(bytes)
  return invalid
}

/** Returns true if bytes begin with the whole signature of version 1 or 2. */
export function hasProxySignature(bytes: Buffer): boolean {
  return [signatureV1, signatureV2].some((signature) =>
    bytes.subarray(0, signature.length).equals(signature),
  )
}

/** Returns true if the bytes received so far do not differ from the signature. */
function startsLike(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length)
  return bytes.subarray(0, length).equals(signature.subarray(0, length))
}

/** Reads version 1: `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`, or `PROXY UNKNOWN` and any text. */
function readV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, maxV1Bytes).indexOf("\r\n")
  if (end < 0) return bytes.length < maxV1Bytes ? incomplete : invalid
  const [, family, ...rest] = bytes.toString("latin1", 0, end).split(" ")
  const length = end + 2
  if (family === "UNKNOWN") return { kind: "complete", length, client: undefined }
  const [source = "", destination = "", ...ports] = rest
  const isAddress =
    family === "TCP4" ? nodeNet().isIPv4 : family === "TCP6" ? nodeNet().isIPv6 : () => false
  const isValid =
    isAddress(source) && isAddress(destination) && ports.length === 2 && ports.every(isPort)
  return isValid ? { kind: "complete", length, client: source } : invalid
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
}

/**
 * Reads version 2: a signature of 12 bytes, version and command, address family, the length of the rest
 * in two bytes, the addresses, and optional fields.
 */
function readV2(bytes: Buffer): ProxyHeader {
  if (bytes.length < 16) return incomplete
  const [versionAndCommand = 0, family = 0] = bytes.subarray(12, 14)
  const command = versionAndCommand & 0x0f
  const length = 16 + bytes.readUInt16BE(14)
  if (versionAndCommand >> 4 !== 2 || command > 1 || length > maxProxyHeaderBytes) return invalid
  if (bytes.length < length) return incomplete
  // Command 0 (LOCAL) is a connection of the proxy itself, such as a health check, without addresses.
  if (command === 0) return { kind: "complete", length, client: undefined }
  return readAddresses(bytes.subarray(16, length), family, length)
}

/** Reads the addresses of version 2. The optional fields after them are not used. */
function readAddresses(block: Buffer, family: number, length: number): ProxyHeader {
  // The lower half of the byte is the transport: 1 is a stream (TCP). The upper half is the address family.
  const [isStream, addressFamily] = [(family & 0x0f) === 1, family >> 4]
  // Family 0 is unspecified (AF_UNSPEC).
  if (addressFamily === 0) return { kind: "complete", length, client: undefined }
  const layout = layouts[addressFamily]
  if (!layout || !isStream || block.length < layout.bytes) return invalid
  return { kind: "complete", length, client: layout.client(block) }
}

/**
 * The layouts of the addresses by their family: 1 is IPv4, 2 is IPv6, 3 is a unix socket. Each has the length
 * of both addresses and ports, and a function that reads the client's address.
 */
const layouts: Readonly<Record<number, { bytes: number; client: (block: Buffer) => string }>> = {
  1: { bytes: 12, client: (block) => block.subarray(0, 4).join(".") },
  2: { bytes: 36, client: (block) => ipv6Of(block.subarray(0, 16)) },
  3: { bytes: 216, client: () => unixCaller },
}

function ipv6Of(bytes: Buffer): string {
  const groups = bytes.toString("hex").match(/.{4}/g) ?? []
  return new (nodeNet().SocketAddress)({ address: groups.join(":"), family: "ipv6" }).address
}
