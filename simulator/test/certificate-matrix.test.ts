import { createServer } from "node:http"
import { expect, test } from "vitest"
import { Simulator } from "../src/index.js"
import { makeCertificate, type Certificate } from "../../test/support/certificates.js"
import { portOf } from "../../test/support/free-port.js"
import { ok, ScriptedWebhook } from "./scripted-webhook.js"

const refused = "SSL error {error:0A000086:SSL routines::certificate verify failed}"

/** Delivers an update over TLS. Returns the error, or that the update was delivered. */
async function deliver(options: {
  server: Certificate
  host: string
  uploaded?: string
  authorities?: string[]
}): Promise<string> {
  const { server, host, uploaded, authorities = [] } = options
  await using webhook = await ScriptedWebhook.start((request) => request.answer(ok), {
    tls: server,
  })
  await using telegram = await Simulator.start({
    authorities,
    hosts: { [`${host}:8443`]: `127.0.0.1:${webhook.port}` },
  })
  const bot = telegram.bot()
  const form = new FormData()
  form.set("url", `https://${host}:8443/`)
  if (uploaded !== undefined) form.set("certificate", new Blob([uploaded]), "cert.pem")
  const set = await fetch(`${telegram.apiRoot}/bot${bot.token}/setWebhook`, {
    method: "POST",
    body: form,
  })
  expect(await set.json()).toMatchObject({ ok: true, description: "Webhook was set" })
  await telegram.user().send(bot, "hi")
  const [first] = await telegram.deliveries.wait(() => true)
  return first?.error ?? "delivered"
}

const matrix: readonly (readonly [
  string,
  Parameters<typeof makeCertificate>[0],
  readonly [ipUploaded: boolean, ipSystem: boolean, nameUploaded: boolean, nameSystem: boolean],
])[] = [
  ["CN=ip, no SAN", { name: "127.0.0.1" }, [true, false, false, false]],
  ["CN=ip, IP SAN", { name: "127.0.0.1", ip: ["127.0.0.1"] }, [true, true, false, false]],
  ["CN=example, IP SAN", { name: "example", ip: ["127.0.0.1"] }, [false, true, false, false]],
  [
    "CN=ip, DNS:example.com + IP SAN",
    { name: "127.0.0.1", dns: ["example.com"], ip: ["127.0.0.1"] },
    [false, true, false, false],
  ],
  ["CN=anything, DNS:ip", { name: "anything", dns: ["127.0.0.1"] }, [true, false, false, false]],
  [
    "CN=anything, DNS:ip + IP SAN",
    { name: "anything", dns: ["127.0.0.1"], ip: ["127.0.0.1"] },
    [true, true, false, false],
  ],
  ["CN=localhost, no SAN", { name: "localhost" }, [false, false, true, true]],
  [
    "CN=localhost, IP SAN only",
    { name: "localhost", ip: ["127.0.0.1"] },
    [false, true, true, true],
  ],
  [
    "CN=localhost, DNS:example.com",
    { name: "localhost", dns: ["example.com"] },
    [false, false, false, false],
  ],
  ["CN=anything, DNS:localhost", { name: "any", dns: ["localhost"] }, [false, false, true, true]],
  [
    "matching names, EKU clientAuth only",
    { name: "any", dns: ["localhost", "127.0.0.1"], ip: ["127.0.0.1"], usage: "clientAuth" },
    [false, false, false, false],
  ],
  [
    "DNS:localhost + DNS:ip, EKU serverAuth",
    { name: "any", dns: ["localhost", "127.0.0.1"], usage: "serverAuth" },
    [true, false, true, true],
  ],
]

test.each(matrix)(
  "the certificate %s is accepted exactly where Telegram accepts it",
  async (_, options, fits) => {
    const server = await makeCertificate(options)
    const { cert } = server
    const results = []
    for (const host of ["127.0.0.1", "localhost"]) {
      results.push(await deliver({ server, host, uploaded: cert }))
      results.push(await deliver({ server, host, authorities: [cert] }))
    }
    expect(results).toEqual(fits.map((isOk) => (isOk ? "delivered" : refused)))
  },
)

test("a leaf of a private authority is accepted if its root was uploaded, not if the leaf was", async () => {
  const name = "Test Authority"
  const root = await makeCertificate({ name, authority: true })
  const issuer = { ...root, name }
  const server = await makeCertificate({ name: "leaf", dns: ["localhost"], issuer })
  const host = "localhost"
  expect(await deliver({ server, host, uploaded: root.cert })).toBe("delivered")
  expect(await deliver({ server, host, uploaded: server.cert })).toBe(refused)
  expect(await deliver({ server, host, authorities: [root.cert] })).toBe("delivered")
})

test("a publicly trusted certificate is refused if another certificate was uploaded", async () => {
  const server = await makeCertificate({ name: "localhost" })
  const other = await makeCertificate({ name: "localhost" })
  const authorities = [server.cert]
  expect(await deliver({ server, host: "localhost", authorities })).toBe("delivered")
  expect(await deliver({ server, host: "localhost", authorities, uploaded: other.cert })).toBe(
    refused,
  )
})

test("a certificate error appears in getWebhookInfo although no update is pending", async () => {
  const server = await makeCertificate({ name: "elsewhere.test" })
  await using webhook = await ScriptedWebhook.start((request) => request.answer(ok), {
    tls: server,
  })
  const hosts = { "bot1.example.com:443": `127.0.0.1:${webhook.port}` }
  await using telegram = await Simulator.start({ hosts })
  const base = `${telegram.apiRoot}/bot${telegram.bot().token}`
  const form = new FormData()
  form.set("url", "https://bot1.example.com/")
  form.set("certificate", new Blob([server.cert]), "cert.pem")
  await fetch(`${base}/setWebhook`, { method: "POST", body: form })
  const error = async () => {
    const answer = await (await fetch(`${base}/getWebhookInfo`)).json()
    return (answer as { result: { last_error_message?: string } }).result.last_error_message
  }
  await expect.poll(error).toBe(refused)
  expect(webhook.requests).toEqual([])
})

test("an expired certificate is refused", async () => {
  const server = await makeCertificate({ name: "localhost", expired: true })
  expect(await deliver({ server, host: "localhost", uploaded: server.cert })).toBe(refused)
})

test.each([
  ["a.lab.test", true],
  ["A.Lab.Test", true],
  ["a.b.lab.test", false],
  ["lab.test", false],
])("*.lab.test matches %s: %s", async (host, isOk) => {
  const server = await makeCertificate({ name: "any", dns: ["*.lab.test"] })
  const result = await deliver({ server, host: host.toLowerCase(), uploaded: server.cert })
  expect(result).toBe(isOk ? "delivered" : refused)
})

test("plain HTTP where TLS is expected is reported as Telegram reports it", async () => {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  await using telegram = await Simulator.start({
    hosts: { "bot1.example.com:443": `127.0.0.1:${portOf(server)}` },
  })
  const bot = telegram.bot()
  const url = encodeURIComponent("https://bot1.example.com/hook")
  await fetch(`${telegram.apiRoot}/bot${bot.token}/setWebhook?url=${url}`)
  await telegram.user().send(bot, "hi")
  const [first] = await telegram.deliveries.wait(() => true)
  expect(first?.error).toBe("SSL error {error:0A00010B:SSL routines::wrong version number}")
  server.close()
})
