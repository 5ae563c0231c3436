import { createPrivateKey, X509Certificate } from "node:crypto"
import { describe, expect, test } from "vitest"
import {
  certificateNamesHost,
  certificateProblems,
  createCertificate,
  isSelfSigned,
} from "../../src/certificate/index.js"
import { importGraph, loadedWith, packageAliases, readSources } from "../support/import-graph.js"
import { handshake, opensslVerifies } from "./openssl.js"

const dayMs = 24 * 60 * 60 * 1000

describe.each(["ec", "rsa"] as const)("a certificate with a key of type %s", (keyType) => {
  test.each([
    ["bot.example.com", "bot.example.com"],
    ["203.0.113.7", "203.0.113.7"],
    ["*.example.com", "bot.example.com"],
    ["localhost", "localhost"],
  ])(
    "made for %s is accepted for %s by a client that trusts only this certificate",
    async (made, host) => {
      const pair = await createCertificate(made, { keyType })
      expect(certificateProblems({ ...pair, host, uploaded: true })).toEqual([])
      expect(await opensslVerifies(pair.cert, pair.cert, "-verify_hostname", host)).toBe(true)
      const accepted = await handshake(pair, pair.cert, (_, { raw }) =>
        certificateNamesHost(new X509Certificate(raw), host, true) ? undefined : new Error("name"),
      )
      expect(accepted).toBe(true)
    },
  )

  test("has its own private key in PKCS#8", async () => {
    const { key, cert } = await createCertificate("bot.example.com", { keyType })
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^]+-----END PRIVATE KEY-----\n$/)
    expect(cert).toMatch(/^-----BEGIN CERTIFICATE-----\n[^]+-----END CERTIFICATE-----\n$/)
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(key)
    expect(asymmetricKeyType).toBe(keyType)
    expect(asymmetricKeyDetails).toMatchObject(
      keyType === "ec" ? { namedCurve: "prime256v1" } : { modulusLength: 2048 },
    )
    expect(isSelfSigned(cert)).toBe(true)
  })
})

test("an IP address is in the certificate as common name, DNS name and address", async () => {
  const { cert } = await createCertificate("203.0.113.7")
  const { subject, subjectAltName } = new X509Certificate(cert)
  expect(subject).toBe("CN=203.0.113.7")
  expect(subjectAltName).toBe("DNS:203.0.113.7, IP Address:203.0.113.7")
  expect(certificateNamesHost(new X509Certificate(cert), "203.0.113.7", false)).toBe(true)
})

test("several hosts share a certificate, each once", async () => {
  const hosts = ["Bot.Example.com", "203.0.113.7", "bot.example.com", "bücher.example"]
  const { cert } = await createCertificate(hosts)
  expect(new X509Certificate(cert).subjectAltName).toBe(
    "DNS:bot.example.com, DNS:203.0.113.7, IP Address:203.0.113.7, DNS:xn--bcher-kva.example",
  )
})

test("a name too long for a common name is an alternative name", async () => {
  const host = `${"long-".repeat(11)}name.${"label.".repeat(5)}example.com`
  const { cert } = await createCertificate(host)
  expect(new X509Certificate(cert).subject).toBe("CN=sounder")
  expect(certificateProblems({ cert, host, uploaded: true })).toEqual([])
})

test.each([
  [{}, 3_650],
  [{ days: 1 }, 1],
  [{ days: 36_500 }, 36_500],
])("with the options %o it is valid from now for %i days", async (options, days) => {
  const { cert } = await createCertificate("bot.example.com", options)
  const { validFrom, validTo } = new X509Certificate(cert)
  expect(Date.parse(validFrom)).toBeLessThan(Date.now())
  expect(Math.abs(Date.parse(validTo) - Date.now() - days * dayMs)).toBeLessThan(60_000)
})

test("no two certificates have the same serial number or key", async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => createCertificate("a.example")))
  expect(new Set(made.map(({ cert }) => new X509Certificate(cert).serialNumber)).size).toBe(8)
  expect(new Set(made.map(({ key }) => key)).size).toBe(8)
})

test.each([
  ["::1", "Telegram accepts no IPv6 address in a webhook URL"],
  ["[2001:db8::1]", "Telegram accepts no IPv6 address in a webhook URL"],
  ["https://bot.example.com", "without https://, port and path"],
  ["bot.example.com:8443", "without https://, port and path"],
  ["bot.example.com/hook", "without https://, port and path"],
  ["a b", "a host name or IPv4 address"],
  ["a..b", "a host name or IPv4 address"],
  ["*.*.example.com", "a host name or IPv4 address"],
  ["999.1.1.1", "a host name or IPv4 address"],
  ["127.1", "a host name or IPv4 address"],
  ["", "a host name or IPv4 address"],
  [[], "at least one host"],
  [undefined as never, "a host name or IPv4 address"],
])("the host %j is refused before a certificate is made", async (host, message) => {
  const made = createCertificate(host)
  await expect(made).rejects.toThrow(TypeError)
  await expect(made).rejects.toThrow(message)
})

test.each([
  [{ days: 0 }, "`days`"],
  [{ days: 36_501 }, "`days`"],
  [{ days: "10" as never }, "`days`"],
  [{ keyType: "dsa" as never }, "`keyType`"],
])("the options %o are refused", async (options, named) => {
  await expect(createCertificate("a.example", options)).rejects.toThrow(named)
})

test("the module that makes certificates is loaded with the first one, not with the floor", async () => {
  const graph = importGraph(readSources("src"), packageAliases())
  const loaded = loadedWith(graph, ["src/certificate/index.ts"])
  expect([...loaded.keys()]).toContain("src/certificate/create-certificate.ts")
  expect([...loaded.keys()]).not.toContain("@peculiar/x509")
})
