import { X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import { describe, expect, test } from "vitest"
import { certificateNamesHost, certificateProblems } from "../../src/certificate/index.js"
import { handshake, opensslCertificate, opensslVerifies } from "./openssl.js"

/** The views of a host: the URL's host, and whether the certificate is uploaded. */
const seenAs = [
  ["127.0.0.1", true],
  ["127.0.0.1", false],
  ["localhost", true],
  ["localhost", false],
] as const

const yes = true
const no = false

/** The observed behaviour of Telegram's own delivery code. */
const matrix = [
  ["CN=127.0.0.1, no SAN", "127.0.0.1", undefined, [yes, no, no, no]],
  ["CN=127.0.0.1, IP SAN", "127.0.0.1", "IP:127.0.0.1", [yes, yes, no, no]],
  ["CN=example, IP SAN", "example", "IP:127.0.0.1", [no, yes, no, no]],
  [
    "CN=127.0.0.1, DNS:example.com + IP SAN",
    "127.0.0.1",
    "DNS:example.com,IP:127.0.0.1",
    [no, yes, no, no],
  ],
  ["CN=anything, DNS:127.0.0.1", "anything", "DNS:127.0.0.1", [yes, no, no, no]],
  [
    "CN=anything, DNS:127.0.0.1 + IP SAN",
    "anything",
    "DNS:127.0.0.1,IP:127.0.0.1",
    [yes, yes, no, no],
  ],
  ["CN=localhost, no SAN", "localhost", undefined, [no, no, yes, yes]],
  ["CN=localhost, IP SAN only", "localhost", "IP:127.0.0.1", [no, yes, yes, yes]],
  ["CN=localhost, DNS:example.com", "localhost", "DNS:example.com", [no, no, no, no]],
  ["CN=anything, DNS:localhost", "anything", "DNS:localhost", [no, no, yes, yes]],
] as const

describe.each(matrix)("a certificate with %s", (_, commonName, names, expected) => {
  test("matches the hosts that Telegram accepts with it, and no others", async () => {
    const pair = await opensslCertificate({ commonName, ...(names && { names }) })
    const cert = new X509Certificate(pair.cert)
    expect(seenAs.map(([host, uploaded]) => certificateNamesHost(cert, host, uploaded))).toEqual(
      expected,
    )
    const verified = seenAs.map(([host, uploaded]) => {
      const option = isIP(host) && !uploaded ? "-verify_ip" : "-verify_hostname"
      return opensslVerifies(pair.cert, pair.cert, option, host)
    })
    expect(await Promise.all(verified), "OpenSSL's own verdict").toEqual(expected)
    for (const [index, [host, uploaded]] of seenAs.entries()) {
      const accepted = await handshake(pair, pair.cert, (_host, { raw }) =>
        certificateNamesHost(new X509Certificate(raw), host, uploaded)
          ? undefined
          : Object.assign(new Error("names another host"), { code: "NAME" }),
      )
      expect(accepted, `${host} over TLS`).toBe(expected[index] ? true : "NAME")
    }
  })
})

test.each([
  ["clientAuth", ["not-for-servers"]],
  ["serverAuth", []],
  ["clientAuth,serverAuth", []],
])(
  "a certificate with the usage %s has the problems %j, and OpenSSL agrees",
  async (usage, codes) => {
    const names = "DNS:localhost,DNS:127.0.0.1"
    const pair = await opensslCertificate({ commonName: "localhost", names, usage })
    const { cert } = pair
    for (const host of ["localhost", "127.0.0.1"]) {
      const problems = certificateProblems({ cert, host, uploaded: true })
      expect(problems.map(({ code }) => code)).toEqual(codes)
      const verified = await opensslVerifies(cert, cert, "-verify_hostname", host)
      expect(verified).toBe(codes.length === 0)
    }
    const accepted = await handshake(pair, cert, () => undefined)
    expect(accepted).toBe(codes.length === 0 ? true : "INVALID_PURPOSE")
  },
)

test.each([
  ["a.lab.test", true],
  ["A.LAB.test", true],
  ["a.b.lab.test", false],
  ["lab.test", false],
])("*.lab.test matches %s: %s", async (host, expected) => {
  const { cert } = await opensslCertificate({ commonName: "x", names: "DNS:*.lab.test" })
  expect(certificateNamesHost(new X509Certificate(cert), host, true)).toBe(expected)
  expect(certificateNamesHost(new X509Certificate(cert), host, false)).toBe(expected)
  expect(await opensslVerifies(cert, cert, "-verify_hostname", host)).toBe(expected)
})
