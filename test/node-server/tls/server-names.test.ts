import { once } from "node:events"
import { connect, type ConnectionOptions } from "node:tls"
import { describe, expect, test } from "vitest"
import {
  type CertificateAndKey,
  type CertificateSource,
  createCertificate,
} from "../../../src/certificate/index.js"
import { WebhookServer } from "../../../src/node-server/webhook-server.js"
import type { CertificateOption } from "../../../src/node-server/tls/certificate-option.js"
import { Served } from "../../support/served-webhook.js"

const versions = ["TLSv1.2", "TLSv1.3"] as const
const certificates = {
  ec: await createCertificate("ec.example.com"),
  rsa: await createCertificate("rsa.example.com", { keyType: "rsa" }),
  otherRsa: await createCertificate("*.rsa.example.com", { keyType: "rsa" }),
  wildcard: await createCertificate("*.many.example.com"),
  address: await createCertificate("203.0.113.7"),
}
const served = Served.forEachTest()

/** Returns the common name of the certificate that a client gets, or the reason for none. */
async function shown(servername: string, options: ConnectionOptions = {}): Promise<string> {
  const port = served.server.address?.port ?? 0
  const socket = connect({ port, servername, rejectUnauthorized: false, ...options })
  try {
    await once(socket, "secureConnect")
    return String(socket.getPeerCertificate().subject.CN)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error) // the error of TLS
  } finally {
    socket.destroy()
  }
}

function serving(...all: CertificateOption[]) {
  return served.start({ certificates: all })
}

describe.each(versions)("over %s", (maxVersion) => {
  const { ec, rsa, otherRsa, wildcard, address } = certificates
  const show = (name: string) => shown(name, { maxVersion })

  test.each([
    ["of the kind EC is the default", [ec, rsa, otherRsa, wildcard]],
    ["of the kind RSA is the default", [rsa, ec, otherRsa, wildcard]],
  ])("each name gets its certificate if one %s", async (_, all) => {
    await serving(...all)
    expect(await show("ec.example.com")).toBe("ec.example.com")
    expect(await show("rsa.example.com")).toBe("rsa.example.com")
    expect(await show("a.rsa.example.com")).toBe("*.rsa.example.com")
    expect(await show("A.MANY.example.com")).toBe("*.many.example.com")
  })

  test("an unknown name gets the first certificate, which has another name", async () => {
    await serving(ec, rsa)
    for (const name of ["other.example.com", "a.b.many.example.com", "example.com"]) {
      expect(await show(name)).toBe("ec.example.com")
    }
    await serving(rsa, ec)
    expect(await show("other.example.com")).toBe("rsa.example.com")
  })

  test("a client without a name, as for an address, gets the certificate of an address", async () => {
    await serving(rsa, ec, address)
    expect(await show("")).toBe("203.0.113.7")
    expect(await show("other.example.com")).toBe("rsa.example.com")
    await serving(rsa, ec)
    expect(await show("")).toBe("rsa.example.com")
  })
})

describe("a server with several certificates", () => {
  test("takes `key` and `cert` as the first of its certificates", async () => {
    await served.start({ ...certificates.ec, certificates: [certificates.rsa] })
    expect(await shown("unknown.example.com")).toBe("ec.example.com")
    expect(await shown("rsa.example.com")).toBe("rsa.example.com")
    const { server } = served
    expect(await server.certificateFor("rsa.example.com")).toEqual(certificates.rsa)
    expect(await server.certificateFor("203.0.113.7")).toEqual(certificates.ec)
    expect(await server.certificateFor()).toEqual(certificates.ec)
  })

  test("reports the fault of an invalid pair, and does not listen", async () => {
    const wrong = { key: certificates.ec.key, cert: certificates.address.cert }
    const server = new WebhookServer({ port: 0, certificates: [certificates.ec, wrong] })
    await expect(server.start()).rejects.toMatchObject({ code: "certificate-mismatch" })
    expect(server.address).toBeUndefined()
  })

  test.each([
    [{}, "the `certificates` option to be an array, got an object"],
    [[undefined], "an array of { key, cert }, got undefined"],
    [[{ key: "private.key" }], "`certificates[].cert` option to be a string"],
  ])("refuses %j", (wrong, message) => {
    // As in a program without types.
    const options = { port: 0, certificates: wrong as CertificateOption[] }
    expect(() => new WebhookServer(options)).toThrow(message)
  })
})

describe("a challenge of an authority", () => {
  const ALPNProtocols = ["acme-tls/1"]
  const names = ["new.example.com", "ec.example.com", "7.113.0.203.in-addr.arpa"]

  /** A source with or without a certificate, which answers challenges for its names. */
  function challenged(pairs: readonly CertificateAndKey[], answer: CertificateAndKey) {
    const source: CertificateSource = {
      load: async () => pairs,
      watch: () => ({ ready: Promise.resolve(), stop: async () => {} }),
      challengeFor: (name) => (names.includes(name) ? answer : undefined),
    }
    return source
  }

  test.each([
    ["before there is any certificate", []],
    ["beside the certificate of the name", [certificates.ec]],
  ])("is answered %s, and ordinary clients do not see the answer", async (_, pairs) => {
    const answer = await createCertificate("challenge.example.com")
    await serving(challenged(pairs, answer))
    for (const maxVersion of versions) {
      for (const name of names) {
        expect(await shown(name, { ALPNProtocols, maxVersion })).toBe("challenge.example.com")
      }
      const expected = pairs.length === 0 ? "challenge.example.com" : "ec.example.com"
      expect(await shown("ec.example.com", { maxVersion })).toBe(expected)
    }
  })

  test("is answered next to a default certificate of type RSA", async () => {
    const answer = await createCertificate("challenge.example.com")
    await serving(certificates.rsa, challenged([], answer))
    expect(await shown("new.example.com", { ALPNProtocols })).toBe("challenge.example.com")
    expect(await shown("rsa.example.com")).toBe("rsa.example.com")
    expect(await shown("")).toBe("rsa.example.com")
  })

  test("for an unknown name is refused", async () => {
    await serving(challenged([certificates.ec], certificates.address))
    const failure = await shown("other.example.com", { ALPNProtocols })
    expect(failure).toBe("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL")
  })

  test("without a name is refused", async () => {
    await serving(challenged([certificates.ec], certificates.address))
    const failure = await shown("", { ALPNProtocols })
    expect(failure).toBe("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL")
  })

  test("ends with the handshake: the server closes the connection", async () => {
    await serving(challenged([], certificates.address))
    const port = served.server.address?.port ?? 0
    const options = { port, servername: "new.example.com", rejectUnauthorized: false }
    const socket = connect({ ...options, ALPNProtocols })
    await once(socket, "secureConnect")
    socket.resume()
    await once(socket, "close")
  })

  test("leaves HTTP/1.1 unchanged, and refuses a client that speaks only HTTP/2", async () => {
    await serving(certificates.ec)
    const name = "ec.example.com"
    expect(await shown(name, { ALPNProtocols: ["h2", "http/1.1"] })).toBe(name)
    const failure = await shown(name, { ALPNProtocols: ["h2"] })
    expect(failure).toBe("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL")
  })
})
