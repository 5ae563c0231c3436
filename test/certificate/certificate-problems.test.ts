import { createPrivateKey, X509Certificate } from "node:crypto"
import tls from "node:tls"
import { beforeAll, describe, expect, test } from "vitest"
import {
  certificateProblems,
  createCertificate,
  type CertificateAndKey,
  isSelfSigned,
} from "../../src/certificate/index.js"
import { isPublicRoot } from "../../src/certificate/known-authorities.js"
import { handshake, opensslCertificate, type Pair } from "./openssl.js"

const host = "bot.example.com"
let pair: CertificateAndKey
let other: CertificateAndKey
let root: Pair
let leaf: Pair

beforeAll(async () => {
  pair = await createCertificate(host)
  other = await createCertificate(host)
  root = await opensslCertificate({ commonName: "An Authority", isAuthority: true })
  leaf = await opensslCertificate({ commonName: host, names: `DNS:${host}`, issuer: root })
})

function encrypted(key: string): string {
  const protection = { cipher: "aes-256-cbc", passphrase: "secret" }
  return createPrivateKey(key)
    .export({ type: "pkcs8", format: "pem", ...protection })
    .toString()
}

/** Returns the codes of the problems, and all messages as one text. */
function judge(options: Partial<Parameters<typeof certificateProblems>[0]>) {
  const problems = certificateProblems({ cert: pair.cert, uploaded: true, ...options })
  return {
    codes: problems.map(({ code }) => code),
    text: problems.map(({ message }) => message).join(" "),
  }
}

test("a suitable certificate has no problems", () => {
  expect(certificateProblems({ ...pair, host, uploaded: true })).toEqual([])
})

describe("names", () => {
  test("a certificate for another host is reported with its names and the fix", () => {
    const { codes, text } = judge({ host: "other.example.com" })
    expect(codes).toEqual(["wrong-host"])
    expect(text).toContain(`names CN=${host}, DNS:${host}`)
    expect(text).toContain("has the host other.example.com")
    expect(text).toContain("`sounder certificate other.example.com`")
  })

  test("an uploaded certificate with an IP address as an address only is explained", async () => {
    const { cert } = await opensslCertificate({ commonName: "x", names: "IP:203.0.113.7" })
    const { codes, text } = judge({ cert, host: "203.0.113.7" })
    expect(codes).toEqual(["wrong-host"])
    expect(text).toContain("DNS:203.0.113.7 in addition to IP Address:203.0.113.7")
    expect(text).toContain("`sounder certificate 203.0.113.7`")
  })

  test("the advice for a public certificate of another host is not to upload it", () => {
    const authorities = [root.cert]
    const { codes, text } = judge({
      cert: leaf.cert,
      host: "else.example",
      uploaded: false,
      authorities,
    })
    expect(codes).toEqual(["wrong-host"])
    expect(text).toContain("get one for else.example from your authority")
  })

  test("an IPv6 address is refused, whatever the certificate names", async () => {
    const { cert } = await opensslCertificate({ commonName: "::1", names: "IP:::1,DNS:::1" })
    const { codes, text } = judge({ cert, host: "::1" })
    expect(codes).toEqual(["wrong-host"])
    expect(text).toContain("Telegram accepts no IPv6 address")
  })

  test("without a host, names are not checked", () => {
    expect(judge({}).codes).toEqual([])
  })
})

describe("dates", () => {
  const at = (now: Date) => judge({ host, now })

  test("a certificate has expired right after its last second", () => {
    const { validTo } = new X509Certificate(pair.cert)
    expect(at(new Date(validTo)).codes).toEqual([])
    const { codes, text } = at(new Date(Date.parse(validTo) + 1))
    expect(codes).toEqual(["expired"])
    expect(text).toContain(validTo)
    expect(text).toContain("sounder certificate")
  })

  test("a certificate is not valid right before its first second", () => {
    const { validFrom } = new X509Certificate(pair.cert)
    expect(at(new Date(validFrom)).codes).toEqual([])
    const { codes, text } = at(new Date(Date.parse(validFrom) - 1))
    expect(codes).toEqual(["not-yet-valid"])
    expect(text).toContain("clock")
  })
})

describe("keys", () => {
  test("a key of another certificate does not match", () => {
    const { codes, text } = judge({ key: other.key })
    expect(codes).toEqual(["key-does-not-fit"])
    expect(text).toContain("created together")
  })

  test.each([
    ["a text", () => "no key", "-----BEGIN PRIVATE KEY-----"],
    ["a certificate", () => pair.cert, "The file contains a certificate"],
    ["a damaged key", () => pair.key.replace(/\n.{20}/, "\n"), "-----BEGIN PRIVATE KEY-----"],
    ["a key under a passphrase", () => encrypted(pair.key), "openssl pkey"],
  ])("%s in place of the key cannot be read, and the message gives advice", (_, key, advice) => {
    const { codes, text } = judge({ key: key() })
    expect(codes).toEqual(["unreadable-key"])
    expect(text).toContain(advice)
  })

  test("no message contains a part of the private key", () => {
    const secret = pair.key.split("\n")[1] ?? ""
    expect(secret.length).toBeGreaterThan(30)
    const damaged = pair.key.replace("MI", "MA")
    for (const options of [{ key: damaged }, { cert: pair.key }, { key: other.key }]) {
      expect(judge(options).text).not.toContain(secret.slice(10))
    }
  })
})

describe("other contents in place of a certificate", () => {
  test("a private key must never be sent to Telegram", () => {
    const { codes, text } = judge({ cert: pair.key })
    expect(codes).toEqual(["key-instead-of-certificate"])
    expect(text).toContain("never send a private key")
  })

  test("a DER file is reported with the command that converts it", () => {
    const der = new X509Certificate(pair.cert).raw.toString("latin1")
    const { codes, text } = judge({ cert: der })
    expect(codes).toEqual(["not-pem"])
    expect(text).toContain("openssl x509 -inform der")
  })

  test("an empty file is not PEM", () => {
    expect(judge({ cert: "" }).codes).toEqual(["not-pem"])
  })

  test("a truncated or damaged certificate is reported as such", () => {
    const damaged = pair.cert.replace(/\n.{30}/, "\n")
    expect(judge({ cert: damaged }).codes).toEqual(["unreadable"])
    expect(judge({ cert: pair.cert.slice(0, 200) }).codes).toEqual(["not-pem"])
  })

  test("two certificates on one line are separated", () => {
    const { codes, text } = judge({ cert: `${pair.cert.trimEnd()}${pair.cert}` })
    expect(codes).toEqual(["unreadable"])
    expect(text).toContain("a line break")
  })

  test("a certificate is found within other text, and with the line ends of Windows", () => {
    const cert = `subject=x\r\n${pair.key}${pair.cert}`.replaceAll(/\r?\n/g, "\r\n")
    expect(judge({ cert, host, key: pair.key }).codes).toEqual([])
    expect(isSelfSigned(cert)).toBe(true)
  })
})

describe("trust", () => {
  test("a self-signed certificate that is not uploaded is untrusted", () => {
    const { codes, text } = judge({ uploaded: false })
    expect(codes).toEqual(["not-uploaded"])
    expect(text).toContain("setWebhook")
  })

  test("the leaf of a private authority is insufficient alone, over TLS too", async () => {
    const { codes, text } = judge({ cert: leaf.cert, host })
    expect(codes).toEqual(["issuer-not-uploaded"])
    expect(text).toContain("do not upload")
    expect(text).toContain("root certificate")
    const accepted = await handshake(leaf, leaf.cert, () => undefined)
    expect(accepted).not.toBe(true)
  })

  test("the leaf together with the root of its authority is sufficient, over TLS too", async () => {
    const cert = leaf.cert + root.cert
    expect(judge({ cert, host, key: leaf.key }).codes).toEqual([])
    expect(await handshake({ ...leaf, cert }, cert, () => undefined)).toBe(true)
  })

  test("a root that did not issue the certificate does not count, even if its name matches", async () => {
    const impostor = await opensslCertificate({ commonName: "An Authority", isAuthority: true })
    const cert = leaf.cert + impostor.cert
    expect(judge({ cert, host }).codes).toEqual(["issuer-not-uploaded"])
    expect(await handshake({ ...leaf, cert }, cert, () => undefined)).not.toBe(true)
  })

  test("a certificate that is not uploaded needs its chain and a known authority", () => {
    const judged = (cert: string, authorities?: string[]) =>
      judge({ cert, host, uploaded: false, ...(authorities ? { authorities } : {}) })
    expect(judged(leaf.cert, [root.cert]).codes).toEqual([])
    const { codes, text } = judged(leaf.cert)
    expect(codes).toEqual(["missing-intermediate"])
    expect(text).toContain("(CN=An Authority)")
    expect(text).toContain("fullchain.pem")
    expect(judged(leaf.cert + root.cert, [root.cert]).codes).toEqual([])
    const own = judged(leaf.cert + root.cert)
    expect(own.codes, "a root that nobody knows").toEqual(["not-uploaded"])
    expect(own.text).toContain("ends at a root that only you know (CN=An Authority)")
  })

  test("the authorities that Node includes are known", () => {
    const [cert = ""] = tls.rootCertificates
    const { codes } = judge({ cert, uploaded: false })
    expect(codes).not.toContain("missing-intermediate")
    expect(isPublicRoot(new X509Certificate(cert))).toBe(true)
    expect(isPublicRoot(new X509Certificate(root.cert))).toBe(false)
  })

  test("a publicly trusted self-signed certificate need not be uploaded", () => {
    expect(judge({ uploaded: false, host, authorities: [pair.cert] }).codes).toEqual([])
    expect(judge({ uploaded: false, host, authorities: [] }).codes).toEqual(["not-uploaded"])
  })

  test("a certificate signed with its own key is self-signed", () => {
    expect(isSelfSigned(pair.cert)).toBe(true)
    expect(isSelfSigned(root.cert)).toBe(true)
    expect(isSelfSigned(leaf.cert)).toBe(false)
    expect(isSelfSigned(leaf.cert + root.cert), "the first one counts").toBe(false)
    expect(isSelfSigned("no certificate")).toBe(false)
    expect(isSelfSigned(pair.cert.replace(/\n.{30}/, "\n"))).toBe(false)
  })
})

describe("the contents of the file", () => {
  test("the certificate of an authority in place of the server's is recognized", () => {
    const { codes, text } = judge({ cert: root.cert, host, key: leaf.key })
    expect(codes).toEqual(["authority-instead-of-certificate", "key-does-not-fit"])
    expect(text).toContain("authority (CN=An Authority)")
    expect(judge({ cert: root.cert, uploaded: false }).codes).toEqual([
      "authority-instead-of-certificate",
    ])
  })

  test("the server's certificate must come first, and the rest is judged by it", () => {
    const cert = root.cert + leaf.cert
    const { codes, text } = judge({ cert, host, key: leaf.key })
    expect(codes).toEqual(["server-certificate-not-first"])
    expect(text).toContain(`CN=${host}`)
  })

  test("a repeated certificate counts once", () => {
    expect(judge({ cert: pair.cert + pair.cert, host, key: pair.key }).codes).toEqual([])
  })
})

test("all problems are reported at once", () => {
  const now = new Date("2100-01-01")
  expect(judge({ host: "x.example", key: other.key, now, uploaded: false }).codes).toEqual([
    "wrong-host",
    "expired",
    "key-does-not-fit",
    "not-uploaded",
  ])
})

describe("files of other kinds are named, each with the command that converts it", () => {
  const der = () => new X509Certificate(pair.cert).raw
  const kinds: readonly (readonly [string, () => string | Buffer, RegExp])[] = [
    ["a request", () => labelled("CERTIFICATE REQUEST"), /certificate request, which no authority/],
    ["a public key", () => labelled("PUBLIC KEY"), /public key/],
    ["PKCS#7 as PEM", () => labelled("PKCS7"), /openssl pkcs7 -print_certs/],
    ["a list of revoked ones", () => labelled("X509 CRL"), /revoked/],
    ["parameters", () => labelled("EC PARAMETERS"), /parameters/],
    ["anything else in PEM", () => labelled("PGP MESSAGE"), /contains "PGP MESSAGE"/],
    ["half a certificate", () => pair.cert.slice(0, 200), /truncated or damaged/],
    ["DER", der, /openssl x509 -inform der/],
    ["UTF-16", () => Buffer.from(`\uFEFF${pair.cert}`, "utf16le"), /iconv -f UTF-16/],
    ["UTF-16, the other way round", () => swapped(pair.cert), /iconv -f UTF-16/],
    ["PKCS#12", () => Buffer.from("3082098b020103308209", "hex"), /openssl pkcs12/],
    ["PKCS#7", () => Buffer.from("3082098b06092a864886f70d010702a0", "hex"), /pkcs7 -inform der/],
    ["a key store of Java", () => Buffer.from("feedfeed0000000200000001", "hex"), /keytool/],
    ["nothing", () => "\n", /empty/],
    ["words", () => "hello", /not PEM text/],
  ]

  test.for(kinds)("%s", ([, content, advice]) => {
    const text = String(content())
    for (const uploaded of [true, false]) {
      const { codes, text: said } = judge({ cert: text, uploaded })
      expect(codes).toHaveLength(1)
      expect(said).toMatch(advice)
    }
  })

  test("also for a key, and next to a certificate that cannot be read", () => {
    const { codes, text } = judge({
      cert: "hello",
      key: Buffer.from("3082098b020103", "hex").toString(),
    })
    expect(codes).toEqual(["not-pem", "unreadable-key"])
    expect(text).toContain("openssl pkcs12")
  })

  function labelled(label: string): string {
    return `-----BEGIN ${label}-----\nMIIB\n-----END ${label}-----\n`
  }

  function swapped(text: string): Buffer {
    return Buffer.from(`\uFEFF${text}`, "utf16le").swap16()
  }
})

describe("names", () => {
  test("a wildcard, an underscore and a trailing dot of a host are explained", async () => {
    const { cert } = await createCertificate("*.example.com")
    expect(judge({ cert, host: "my_bot.example.com" }).text).toMatch(/not an underscore/)
    const { text } = judge({ cert, host: "bot.example.com." })
    expect(text).toMatch(/Remove the dot at the end .* bot.example.com\./)
    expect(text).not.toContain("..")
  })
})
