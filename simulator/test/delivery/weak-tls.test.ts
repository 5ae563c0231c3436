import { createDiffieHellmanGroup } from "node:crypto"
import type { TlsOptions } from "node:tls"
import { expect, test } from "vitest"
import { makeCertificate, type Certificate } from "../../../test/support/certificates.js"
import { Simulator } from "../../src/index.js"
import { ok, ScriptedWebhook } from "../scripted-webhook.js"

const unverified = "SSL error {error:0A000086:SSL routines::certificate verify failed}"
const dns = ["localhost"]

/** Delivers an update to a server with these TLS settings. Returns the error, or that it was delivered. */
async function deliver(tls: TlsOptions, authorities: string[]): Promise<string> {
  await using webhook = await ScriptedWebhook.start((request) => request.answer(ok), { tls })
  const hosts = { "localhost:8443": `127.0.0.1:${webhook.port}` }
  await using telegram = await Simulator.start({ authorities, hosts })
  const bot = telegram.bot()
  const url = encodeURIComponent("https://localhost:8443/")
  await fetch(`${telegram.apiRoot}/bot${bot.token}/setWebhook?url=${url}`)
  await telegram.user().send(bot, "hi")
  const [first] = await telegram.deliveries.wait(() => true)
  return first?.error ?? "delivered"
}

// A server may be as weak as it likes: only Telegram's rules count here.
const anyStrength = { ciphers: "ALL:@SECLEVEL=0" }

test.each([
  [1024, unverified],
  [2048, "delivered"],
])("S13: an update to a server with an RSA key of %d bits: %s", async (rsaBits, outcome) => {
  const server = await makeCertificate({ name: "localhost", dns, rsaBits })
  expect(await deliver({ ...anyStrength, ...server }, [server.cert])).toBe(outcome)
})

/** Parameters of Diffie-Hellman as PEM: the prime of a group of RFC 2409, and the generator 2. */
function dhParameters(group: string): string {
  const prime = createDiffieHellmanGroup(group).getPrime()
  const integer = Buffer.concat([Buffer.from([0]), prime])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(integer.length)
  const head = integer.length < 256 ? [0x81, integer.length] : [0x82, ...length]
  const body = Buffer.concat([Buffer.from([2, ...head]), integer, Buffer.from([2, 1, 2])])
  const size = Buffer.alloc(2)
  size.writeUInt16BE(body.length)
  const der = Buffer.concat([Buffer.from([0x30, 0x82]), size, body])
  return `-----BEGIN DH PARAMETERS-----\n${der.toString("base64")}\n-----END DH PARAMETERS-----\n`
}

test.each([
  ["modp2", /^SSL error \{.*dh key too small/i],
  ["modp14", /^delivered$/],
])("S13: an update over a Diffie-Hellman exchange of the group %s", async (group, outcome) => {
  const server = await makeCertificate({ name: "localhost", dns, rsaBits: 2048 })
  const ciphers = "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"
  const exchange = { ciphers, dhparam: dhParameters(group), maxVersion: "TLSv1.2" as const }
  expect(await deliver({ ...server, ...exchange }, [server.cert])).toMatch(outcome)
})

test.each([
  ["ECDHE-ECDSA-AES128-CCM", false],
  ["ECDHE-ECDSA-AES128-CCM8", false],
  ["ECDHE-ECDSA-ARIA128-GCM-SHA256", false],
  ["ECDHE-ECDSA-AES128-GCM-SHA256", true],
])("S14: a server of TLS 1.2 with only %s is reached: %s", async (ciphers, isReached) => {
  const server = await makeCertificate({ name: "localhost", dns })
  const tls = { ...server, ciphers: `${ciphers}:@SECLEVEL=0`, maxVersion: "TLSv1.2" as const }
  const refusal = /handshake failure/
  expect(await deliver(tls, [server.cert])).toMatch(isReached ? /^delivered$/ : refusal)
})

test.each([
  [10, "delivered"],
  [11, unverified],
])("S15: a chain with %d intermediate certificates: %s", async (count, outcome) => {
  const root = await makeCertificate({ name: "Root", authority: true })
  const chain: (Certificate & { name: string })[] = [{ ...root, name: "Root" }]
  for (let number = 1; number <= count; number++) {
    const name = `Authority ${number}`
    const issuer = chain.at(-1)!
    chain.push({ ...(await makeCertificate({ name, authority: true, issuer })), name })
  }
  const leaf = await makeCertificate({ name: "localhost", dns, issuer: chain.at(-1)! })
  const served = [leaf, ...chain.slice(1).toReversed()].map(({ cert }) => cert).join("\n")
  expect(await deliver({ cert: served, key: leaf.key }, [root.cert])).toBe(outcome)
})
