import { beforeAll, describe, expect, test } from "vitest"
import {
  certificateReport,
  createCertificate,
  type CertificateAndKey,
  inspectCertificate,
} from "../../src/certificate/index.js"
import { opensslCertificate, type Pair } from "./openssl.js"

const host = "bot.example.com"
const url = `https://${host}/hook`
let own: CertificateAndKey
let root: Pair
let middle: Pair
let leaf: Pair

beforeAll(async () => {
  own = await createCertificate([host, "203.0.113.7"])
  root = await opensslCertificate({ commonName: "A Root", isAuthority: true })
  middle = await opensslCertificate({ commonName: "A Middle", isAuthority: true, issuer: root })
  leaf = await opensslCertificate({ commonName: host, names: `DNS:${host}`, issuer: middle })
})

const codes = (found: readonly { code: string }[]) => found.map(({ code }) => code)

test("the result has the names, the issuer, the validity and the key of a certificate", () => {
  const { certificates, problems, remarks } = inspectCertificate({ ...own, url })
  expect(certificates).toEqual([
    {
      subject: `CN=${host}`,
      issuer: `CN=${host}`,
      names: [`DNS:${host}`, "DNS:203.0.113.7", "IP Address:203.0.113.7"],
      validFrom: expect.any(Date) as Date,
      validTo: expect.any(Date) as Date,
      keyType: "EC P-256",
      isSelfSigned: true,
    },
  ])
  expect([...problems, ...remarks]).toEqual([])
})

test("the type of an RSA key is reported, too", async () => {
  const { cert } = await createCertificate(host, { keyType: "rsa" })
  expect(inspectCertificate({ cert }).certificates[0]?.keyType).toBe("RSA 2048")
})

test("a self-signed certificate is judged as uploaded, and others are not, by default", () => {
  expect(inspectCertificate({ cert: own.cert }).uploaded).toBe(true)
  expect(inspectCertificate({ cert: leaf.cert }).uploaded).toBe(false)
  expect(codes(inspectCertificate({ cert: own.cert, uploaded: false }).problems)).toEqual([
    "not-uploaded",
  ])
  expect(codes(inspectCertificate({ cert: leaf.cert, uploaded: true }).problems)).toEqual([
    "issuer-not-uploaded",
  ])
})

describe("remarks on a certificate that Telegram accepts", () => {
  const authorities = () => ({ authorities: [root.cert] })
  const remarksOn = (cert: string, more = {}) =>
    codes(inspectCertificate({ cert, url, ...authorities(), ...more }).remarks)

  test("a complete chain in order has no remark", () => {
    expect(remarksOn(leaf.cert + middle.cert)).toEqual([])
  })

  test("an unnecessary root", () => {
    expect(remarksOn(leaf.cert + middle.cert + root.cert)).toEqual(["needless-root"])
    expect(remarksOn(leaf.cert + middle.cert + root.cert, { uploaded: true })).toEqual([])
  })

  test("issuers in the wrong order", () => {
    expect(remarksOn(leaf.cert + root.cert + middle.cert)).toEqual(["chain-order", "needless-root"])
  })

  test("unrelated certificates", () => {
    expect(remarksOn(leaf.cert + own.cert + middle.cert)).toEqual(["unrelated-certificate"])
  })

  test("a chain that ends without a known authority", () => {
    const chain = inspectCertificate({ cert: leaf.cert + middle.cert, url })
    expect(codes(chain.remarks), "Node may not know all").toEqual(["unknown-authority"])
    expect(chain.problems).toEqual([])
    const { problems, remarks } = inspectCertificate({ cert: leaf.cert, ...authorities() })
    expect(codes(problems)).toEqual(["missing-intermediate"])
    expect(remarks, "said once").toEqual([])
  })

  test("a host that is only in the common name, unless it is an address", async () => {
    const classic = await opensslCertificate({ commonName: host })
    const inspection = inspectCertificate({ ...classic, url })
    expect(inspection.problems).toEqual([])
    expect(codes(inspection.remarks)).toEqual(["common-name-only"])
    const address = await opensslCertificate({ commonName: "203.0.113.7" })
    const byAddress = inspectCertificate({ ...address, url: "https://203.0.113.7:8443/" })
    expect([...byAddress.problems, ...byAddress.remarks]).toEqual([])
  })

  test("an expiry that is near, in days and as a part of the lifetime", () => {
    const end = inspectCertificate(own).certificates[0]?.validTo.getTime() ?? 0
    const at = (days: number) => ({ ...own, now: new Date(end - days * 86_400_000) })
    expect(codes(inspectCertificate(at(29)).remarks)).toEqual(["expires-soon"])
    expect(inspectCertificate(at(31)).remarks).toEqual([])
    expect(codes(inspectCertificate(at(-1)).problems)).toEqual(["expired"])
    expect(inspectCertificate(at(-1)).remarks).toEqual([])
  })
})

test("a URL that no webhook can have is a mistake", () => {
  for (const wrong of ["bot.example.com", "http://bot.example.com/", ""]) {
    expect(() => inspectCertificate({ cert: own.cert, url: wrong })).toThrow(/`url`/)
  }
})

test("an unreadable file has a problem and no facts", () => {
  expect(inspectCertificate({ cert: "nothing" })).toMatchObject({
    certificates: [],
    problems: [{ code: "not-pem" }],
    remarks: [],
  })
})

describe("the text", () => {
  const days = (inspection: Parameters<typeof certificateReport>[0], before: number) => {
    const end = inspection.certificates[0]?.validTo.getTime() ?? 0
    return certificateReport(inspection, new Date(end - before * 86_400_000))
  }

  test("a certificate that Telegram accepts", () => {
    const inspection = inspectCertificate({ ...own, url })
    const [facts] = inspection.certificates
    const [from, to] = [facts?.validFrom, facts?.validTo].map((at) =>
      at?.toISOString().slice(0, 10),
    )
    expect(days(inspection, 42)).toBe(`Certificate 1: CN=${host}
  names   DNS:${host}, DNS:203.0.113.7, IP Address:203.0.113.7
  issuer  itself (self-signed)
  valid   ${from} to ${to} (42 days left)
  key     EC P-256
The private key fits.
Telegram accepts the certificate for ${host} (uploaded with setWebhook).
`)
  })

  test("a certificate that Telegram refuses, with every reason", () => {
    const inspection = inspectCertificate({
      cert: leaf.cert,
      key: own.key,
      url: "https://else.example/",
    })
    const text = days(inspection, -1)
    expect(text).toContain("issuer  CN=A Middle")
    expect(text).toContain("(expired)")
    expect(text).toContain(
      "Telegram does not accept the certificate for else.example (not uploaded).",
    )
    expect(text.match(/^ {2}✗ /gm)).toHaveLength(3)
    expect(text).not.toContain("The private key fits")
  })
})
