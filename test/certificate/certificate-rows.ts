import { domainToASCII } from "node:url"
import { createCertificate } from "../../src/certificate/index.js"
import type { Made, Order, Workshop } from "./workshop.js"

/** A certificate that Telegram receives, and the decision of Telegram's own code. */
export interface CertificateRow {
  readonly name: string
  readonly host: string
  /** The certificate of the server. */
  readonly cert: string
  readonly key: string
  /** The certificate sent with `setWebhook`; `undefined` for none. */
  readonly uploaded: string | undefined
  /** The judged file, if it is neither the uploaded nor the served one. */
  readonly judged?: string
  /** Stand-ins for the publicly trusted authorities. */
  readonly authorities: readonly string[]
  readonly isAccepted: boolean
}

export const host = "bot.example.com"
export const address = "149.154.1.1"
const script = domainToASCII("бот.example.com")
const minute = 1
const day = 1_440 * minute

type Row = Omit<CertificateRow, "name" | "isAccepted" | "host" | "authorities"> & {
  readonly host?: string
  readonly authorities?: readonly string[]
}
type Rows = Readonly<Record<string, Row>>

/** Returns all rows. */
export async function certificateRows(workshop: Workshop): Promise<CertificateRow[]> {
  const authorities = await makeAuthorities(workshop)
  return [
    ...listed(await ofSounder(), true),
    ...listed(await ofSounderForOthers(), false),
    ...listed(await selfSigned(workshop), true),
    ...listed(await badSelfSigned(workshop), false),
    ...listed(await issued(workshop, authorities), true),
    ...listed(await badIssued(workshop, authorities), false),
    ...listed(await files(workshop), true),
    ...listed(await badFiles(workshop), false),
  ]
}

function listed(rows: Rows, isAccepted: boolean): CertificateRow[] {
  return Object.entries(rows).map(([name, row]) => ({
    name,
    host,
    authorities: [],
    ...row,
    isAccepted,
  }))
}

/** Returns a row whose certificate is served and uploaded. */
function sent({ cert, key }: { readonly cert: string; readonly key: string }, at = host): Row {
  return { cert, key, uploaded: cert, host: at }
}

async function ofSounder(): Promise<Rows> {
  const made = async (hosts: string | string[], at: string, options = {}) =>
    sent(await createCertificate(hosts, options), at)
  const rsa = { keyType: "rsa" } as const
  const long = `${"a".repeat(60)}.${"b".repeat(34)}.example.com`
  return {
    "sounder: EC, a name": await made(host, host),
    "sounder: RSA, a name": await made(host, host, rsa),
    "sounder: EC, an address": await made(address, address),
    "sounder: RSA, an address": await made(address, address, rsa),
    "sounder: both, by the name": await made([host, address], host),
    "sounder: both, by the address": await made([host, address], address),
    "sounder: a wildcard": await made("*.example.com", host),
    "sounder: a wildcard, RSA": await made("*.example.com", host, rsa),
    "sounder: letters of another script": await made("бот.example.com", script),
    "sounder: the same as xn--": await made(script, script),
    "sounder: capitals": await made("BOT.Example.COM", host),
    "sounder: requested in capitals": await made(host, "BOT.example.com"),
    "sounder: an underscore": await made("my_bot.example.com", "my_bot.example.com"),
    "sounder: a name of 107 letters": await made(long, long),
    "sounder: a day": await made(host, host, { days: 1 }),
    "sounder: a hundred years": await made(host, host, { days: 36_500 }),
  }
}

async function ofSounderForOthers(): Promise<Rows> {
  const made = async (hosts: string, at: string) => sent(await createCertificate(hosts), at)
  return {
    "sounder: another name": await made(host, "other.example.com"),
    "sounder: another address": await made(address, "149.154.1.2"),
    "sounder: a name, by an address": await made(host, address),
    "sounder: an address, by a name": await made(address, host),
    "sounder: a wildcard one level too deep": await made("*.example.com", "a.bot.example.com"),
    "sounder: a wildcard for its own base": await made("*.example.com", "example.com"),
    "sounder: a dot at the end of the host": await made(host, `${host}.`),
    "sounder: an underscore under a wildcard": await made("*.example.com", "my_bot.example.com"),
  }
}

const subject = `/CN=${host}`
const san = (...names: string[]) => `subjectAltName=${names.join(",")}`

async function selfSigned(workshop: Workshop): Promise<Rows> {
  const own = async (order: Partial<Order>, at = host) =>
    sent(await workshop.make({ subject, ...order }), at)
  const with_ = (...extensions: string[]) => own({ extensions })
  const named = (name: string, at = host) => own({ subject: "/CN=x", extensions: [san(name)] }, at)
  const v3 = "subjectKeyIdentifier=hash"
  return {
    "common name only, version 1": await own({}),
    "common name only, version 3": await with_(v3),
    "a common name that is a wildcard": await own({ subject: "/CN=*.example.com" }),
    "the first of two common names": await own({ subject: `/CN=${host}/CN=other.org` }),
    "the second of two common names": await own({ subject: `/CN=other.org/CN=${host}` }),
    "an address beside the right common name": await with_(san("IP:8.8.8.8")),
    "an e-mail address beside the right common name": await with_(san("email:a@example.com")),
    "the right name beside another common name": await named(`DNS:${host}`),
    "a wildcard for the beginning of a label": await named("DNS:b*.example.com"),
    "a wildcard for the end of a label": await named("DNS:*t.example.com"),
    "a wildcard for a label in another script": await named("DNS:*.example.com", script),
    "names that are critical, without a subject": await own({
      subject: "/",
      extensions: [`subjectAltName=critical,DNS:${host}`],
    }),
    "an authority of its own, with no room below": await with_(
      "basicConstraints=critical,CA:TRUE,pathlen:0",
    ),
    "no authority of its own": await with_("basicConstraints=critical,CA:FALSE"),
    "for signatures only": await with_("keyUsage=critical,digitalSignature"),
    "for encryption of keys only": await own({
      key: "rsa",
      extensions: ["keyUsage=critical,keyEncipherment"],
    }),
    "for agreement on keys only": await with_("keyUsage=critical,keyAgreement"),
    "for servers": await with_("extendedKeyUsage=serverAuth"),
    "for clients and servers": await with_("extendedKeyUsage=clientAuth,serverAuth"),
    "for Microsoft's old servers": await with_("extendedKeyUsage=msSGC"),
    "for Netscape's old servers": await with_("extendedKeyUsage=nsSGC"),
    "Netscape's type of a server": await with_("nsCertType=server"),
    "name constraints of its own": await with_("nameConstraints=critical,permitted;DNS:other.org"),
    "RSA of 2048 bits": await own({ key: "rsa" }),
    "RSA of 4096 bits": await own({ key: "rsa4096" }),
    "RSA-PSS": await own({ key: "pss" }),
    "P-384": await own({ key: "p384" }),
    "P-521": await own({ key: "p521" }),
    Ed25519: await own({ key: "ed25519" }),
    Ed448: await own({ key: "ed448" }),
    "signed by itself with SHA-1": await own({ key: "rsa", digest: "sha1" }),
    "signed by itself with MD5": await own({ key: "rsa", digest: "md5" }),
    "an address as common name": await own({ subject: `/CN=${address}` }, address),
    "an address as name": await named(`DNS:${address}`, address),
    "an address as common name and as address": await own(
      { subject: `/CN=${address}`, extensions: [san(`IP:${address}`)] },
      address,
    ),
  }
}

async function badSelfSigned(workshop: Workshop): Promise<Rows> {
  const own = async (order: Partial<Order>, at = host) =>
    sent(await workshop.make({ subject, ...order }), at)
  const with_ = (...extensions: string[]) => own({ extensions })
  const named = (name: string, at = host) => own({ subject: "/CN=x", extensions: [san(name)] }, at)
  const one = await workshop.make({ subject })
  const other = await workshop.make({ subject, keyNumber: 1 })
  return {
    "expired yesterday": await own({ from: -9 * day, to: -day }),
    "expired five minutes ago": await own({ from: -9 * day, to: -5 * minute }),
    "valid from tomorrow": await own({ from: day }),
    "for clients": await with_("extendedKeyUsage=clientAuth"),
    "for the signing of code": await with_("extendedKeyUsage=codeSigning"),
    "for any use, as an extended one": await with_("extendedKeyUsage=anyExtendedKeyUsage"),
    "for the signing of certificates only": await with_("keyUsage=critical,keyCertSign,cRLSign"),
    "for non-repudiation only": await with_("keyUsage=critical,nonRepudiation"),
    "Netscape's type of a client": await with_("nsCertType=client"),
    "an unknown extension that is critical": await with_("1.2.3.4.5=critical,ASN1:UTF8String:x"),
    "RSA of 1024 bits": await own({ key: "rsa1024" }),
    "RSA of 512 bits": await own({ key: "rsa512" }),
    secp256k1: await own({ key: "secp256k1" }),
    "P-224": await own({ key: "p224" }),
    "brainpool P-256": await own({ key: "brainpool" }),
    "another name beside the right common name": await with_(san("DNS:other.org")),
    "an address only as address": await named(`IP:${address}`, address),
    "a wildcard below a top-level domain": await named("DNS:*.com", "example.com"),
    "wildcards only": await named("DNS:*.*"),
    "a wildcard that is not the first label": await named("DNS:bot.*.com"),
    "a name with a dot at its end": await named(`DNS:${host}.`),
    "another name": await named("DNS:other.org"),
    "no name at all": await own({ subject: `/O=Org\\\\CN=${host}` }),
    "self-signed, not uploaded": { ...sent(one), uploaded: undefined },
    "another one uploaded": { ...sent(one), uploaded: other.cert },
    "an authority instead of a server": await own({
      subject: "/CN=An Authority",
      extensions: ["basicConstraints=critical,CA:TRUE"],
    }),
  }
}

interface Authorities {
  readonly root: Made
  readonly middle: Made
  readonly leaf: Made
}

const authority = ["basicConstraints=critical,CA:TRUE"]

async function makeAuthorities(workshop: Workshop): Promise<Authorities> {
  const root = await workshop.make({ subject: "/CN=Root", keyNumber: 2, extensions: authority })
  const middle = await workshop.make({
    subject: "/CN=Middle",
    keyNumber: 3,
    extensions: authority,
    issuer: root,
  })
  return { root, middle, leaf: await leafOf(workshop, middle) }
}

function leafOf(workshop: Workshop, issuer: Made, order: Partial<Order> = {}): Promise<Made> {
  return workshop.make({ subject, extensions: [san(`DNS:${host}`)], issuer, ...order })
}

function file(...all: readonly { readonly cert: string }[]): string {
  return all.map(({ cert }) => cert).join("")
}

/** Returns a chain of `count` authorities, and a leaf of the last one. */
async function tower(workshop: Workshop, root: Made, count: number): Promise<Row> {
  const floors: Made[] = []
  for (let index = 0; index < count; index += 1) {
    const order = { subject: `/CN=Floor ${index}`, keyNumber: 3, extensions: authority }
    floors.push(await workshop.make({ ...order, issuer: floors.at(-1) ?? root }))
  }
  const leaf = await leafOf(workshop, floors.at(-1) ?? root)
  const cert = file(leaf, ...floors.toReversed())
  return { cert, key: leaf.key, uploaded: undefined, authorities: [root.cert] }
}

async function issued(workshop: Workshop, { root, middle, leaf }: Authorities): Promise<Rows> {
  const known = { key: leaf.key, uploaded: undefined, authorities: [root.cert] }
  const whole = file(leaf, middle)
  const stranger = await workshop.make({ subject: "/CN=Stranger", keyNumber: 4 })
  const old = await workshop.make({ subject: "/CN=Old root", keyNumber: 5, extensions: authority })
  const cross = await workshop.make({
    subject: "/CN=Root",
    keyNumber: 2,
    extensions: authority,
    issuer: old,
  })
  const byAddress = await leafOf(workshop, root, { extensions: [san(`IP:${address}`)] })
  const direct = await leafOf(workshop, root)
  const sixDays = await leafOf(workshop, middle, { from: -minute, to: 6 * day })
  const self = await workshop.make({ subject })
  const p224 = await workshop.make({ subject: "/CN=Small", key: "p224", extensions: authority })
  const bySmall = await leafOf(workshop, p224)
  return {
    "a whole chain": { ...known, cert: whole },
    "a chain with its root": { ...known, cert: file(leaf, middle, root) },
    "a chain out of order": { ...known, cert: file(leaf, root, middle) },
    "a chain with a stranger": { ...known, cert: file(leaf, stranger, middle) },
    "directly below a known root": { ...known, cert: direct.cert },
    "a chain that ends with a cross-signed root": { ...known, cert: file(leaf, middle, cross) },
    "an intermediate that is known beside its root": {
      ...known,
      cert: leaf.cert,
      authorities: [middle.cert, root.cert],
    },
    "nine between": await tower(workshop, root, 9),
    "ten between": await tower(workshop, root, 10),
    "six days, just issued": { ...known, cert: file(sixDays, middle), key: sixDays.key },
    "an address as address": {
      ...known,
      host: address,
      cert: byAddress.cert,
      key: byAddress.key,
    },
    "a self-signed one that everybody knows": {
      ...sent(self),
      uploaded: undefined,
      authorities: [self.cert],
    },
    "an authority on P-224": {
      cert: bySmall.cert,
      key: bySmall.key,
      uploaded: undefined,
      authorities: [p224.cert],
    },
    "a chain with its root, uploaded": { ...sent({ ...leaf, cert: file(leaf, middle, root) }) },
    "the root alone uploaded": {
      ...sent({ ...leaf, cert: whole }),
      uploaded: root.cert,
      judged: whole + root.cert,
    },
  }
}

async function badIssued(workshop: Workshop, authorities: Authorities): Promise<Rows> {
  const { root, middle, leaf } = authorities
  const known = { key: leaf.key, uploaded: undefined, authorities: [root.cert] }
  const whole = file(leaf, middle)
  const below = async (order: Partial<Order>, upper: Partial<Order> = {}): Promise<Row> => {
    const top = await workshop.make({
      ...{ subject: "/CN=Top", keyNumber: 5, extensions: authority },
      ...upper,
    })
    const between = await workshop.make({
      ...{ subject: "/CN=Between", keyNumber: 6, extensions: authority },
      issuer: top,
      ...order,
    })
    const own = await leafOf(workshop, between)
    return { ...known, cert: file(own, between), key: own.key, authorities: [top.cert] }
  }
  const asUpload = (row: Row): Row => {
    const cert = row.cert + (row.authorities?.[0] ?? "")
    return { ...row, cert, uploaded: cert, authorities: [] }
  }
  const expiredRoot = await below({}, { from: -9 * day, to: -day })
  const otherMiddle = await workshop.make({
    ...{ subject: "/CN=Middle", keyNumber: 6, extensions: authority },
    issuer: root,
  })
  const ending = async (order: Partial<Order>) => {
    const own = await leafOf(workshop, middle, order)
    return { ...known, cert: file(own, middle), key: own.key }
  }
  return {
    "the leaf alone": { ...known, cert: leaf.cert },
    "another intermediate of that name": { ...known, cert: file(leaf, otherMiddle) },
    "an authority that nobody knows": { ...known, cert: whole, authorities: [] },
    "a chain uploaded without its root": { ...sent({ ...leaf, cert: whole }) },
    "the leaf alone uploaded": { ...sent({ ...leaf, cert: whole }), uploaded: leaf.cert },
    "the intermediate alone uploaded": {
      ...sent({ ...leaf, cert: whole }),
      uploaded: middle.cert,
    },
    "a public chain uploaded by mistake": {
      ...sent({ ...leaf, cert: whole }),
      ...known,
      uploaded: whole,
    },
    "an own root behind the leaf, not uploaded": {
      ...known,
      cert: file(leaf, middle, root),
      authorities: [],
    },
    "eleven between": await tower(workshop, root, 11),
    "twelve between": await tower(workshop, root, 12),
    "an address as name": await ofRoot(workshop, root, [san(`DNS:${address}`)], address),
    "a name only as common name of an address": await ofRoot(workshop, root, [], address),
    "an expired intermediate": await below({ from: -9 * day, to: -day }),
    "an intermediate of tomorrow": await below({ from: day }),
    "an expired root that everybody knows": expiredRoot,
    "an expired root that is uploaded": asUpload(expiredRoot),
    "an intermediate that is no authority": await below({
      extensions: ["basicConstraints=critical,CA:FALSE"],
    }),
    "an intermediate without constraints": await below({
      extensions: ["subjectKeyIdentifier=hash"],
    }),
    "an intermediate for clients": await below({
      extensions: [...authority, "extendedKeyUsage=clientAuth"],
    }),
    "an intermediate that may sign no certificates": await below({
      extensions: [...authority, "keyUsage=critical,digitalSignature"],
    }),
    "an intermediate below one that allows none": await below(
      {},
      { extensions: ["basicConstraints=critical,CA:TRUE,pathlen:0"] },
    ),
    "name constraints that leave the host out": await below({
      extensions: [...authority, "nameConstraints=critical,permitted;DNS:other.org"],
    }),
    "name constraints that forbid the host": await below({
      extensions: [...authority, "nameConstraints=critical,excluded;DNS:example.com"],
    }),
    "only the intermediate is known": { ...known, cert: leaf.cert, authorities: [middle.cert] },
    "only the intermediate is known, and served": {
      ...known,
      cert: whole,
      authorities: [middle.cert],
    },
    "a root of 1024 bits": await below({}, { key: "rsa1024" }),
    "an intermediate of 1024 bits": await below({ key: "rsa1024" }),
    "issued with SHA-1": await ending({ digest: "sha1" }),
    "an intermediate issued with SHA-1": await below({ digest: "sha1" }),
    "issued and expired": await ending({ from: -9 * day, to: -day }),
    "issued for clients": await ending({
      extensions: [san(`DNS:${host}`), "extendedKeyUsage=clientAuth"],
    }),
    "issued for another host": await ending({ extensions: [san("DNS:other.org")] }),
  }
}

async function ofRoot(workshop: Workshop, root: Made, extensions: string[], at: string) {
  const leaf = await workshop.make({ subject: `/CN=${at}`, extensions, issuer: root })
  return { cert: leaf.cert, key: leaf.key, uploaded: undefined, host: at, authorities: [root.cert] }
}

async function files(workshop: Workshop): Promise<Rows> {
  const made = await workshop.make({ subject })
  const { cert, key } = made
  const as = (text: string): Row => sent({ cert: text, key })
  const [first, second] = [await createCertificate(host), await createCertificate(host)]
  const both = first.cert + second.cert
  const trusted = await workshop.convert(
    { "in.pem": cert },
    ..."x509 -in in.pem -trustout".split(" "),
  )
  const base64 = cert.replaceAll(/-----[^-]+-----|\n/g, "")
  return {
    "line ends of Windows": as(cert.replaceAll("\n", "\r\n")),
    "words before it": as(`Bag Attributes\n    friendlyName: bot\nsubject=CN = ${host}\n${cert}`),
    "blanks at line ends": as(cert.replaceAll("\n", "  \n")),
    "all in one long line": as(
      `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    ),
    "its key before it": as(key + cert),
    "its key behind it": as(cert + key),
    "no line break at the end": as(cert.trimEnd()),
    "twice the same": as(cert + cert),
    "the label X509 CERTIFICATE": as(cert.replaceAll("CERTIFICATE", "X509 CERTIFICATE")),
    "a TRUSTED CERTIFICATE": as(trusted.toString()),
    "old and new, the new one served": {
      ...sent(second),
      uploaded: both,
      judged: second.cert + both,
    },
    "old and new, the old one served": {
      ...sent(first),
      uploaded: both,
      judged: first.cert + both,
    },
  }
}

async function badFiles(workshop: Workshop): Promise<Rows> {
  const made = await workshop.make({ subject })
  const { cert, key } = made
  const as = (text: string): Row => ({ cert, key, uploaded: text })
  const lines = cert.trimEnd().split("\n")
  const rejecting = await workshop.convert(
    { "in.pem": cert },
    ..."x509 -in in.pem -addreject serverAuth -trustout".split(" "),
  )
  return {
    "a TRUSTED CERTIFICATE that rejects servers": sent({ cert: rejecting.toString(), key }),
    "blank lines in it": as(lines.join("\n\n")),
    "indented lines": as(lines.map((line) => `  ${line}`).join("\n")),
    "two on one line": as(cert.trimEnd() + cert),
    "cut off": as(cert.slice(0, cert.length / 2)),
    "without its last line": as(lines.slice(0, -1).join("\n")),
    "a damaged letter": as(cert.replace(/\n.{30}/, "\n%")),
    "its key": as(key),
    "its request": as(await workshop.request(subject)),
    "an empty file": as(""),
  }
}
