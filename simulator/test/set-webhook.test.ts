import { expect, test } from "vitest"
import { MovableClock, Simulator } from "../src/index.js"
import { makeCertificate } from "../../test/support/certificates.js"
import { call, ConformanceStage, type Answer } from "./conformance-stage.js"
import { ok, ScriptedWebhook } from "./scripted-webhook.js"

const hosts = { "bot1.example.com:443": "127.0.0.1:9", "1.2.3.4:8443": "127.0.0.1:9" }

async function cloud() {
  const clock = new MovableClock()
  const telegram = await Simulator.start({ clock, hosts })
  const bot = telegram.bot()
  const ask = (method: string, params: object = {}): Promise<Answer> =>
    call(telegram, bot.token, method, params)
  return { telegram, bot, clock, ask, [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose]() }
}

const reserved = (address: string) => `bad webhook: IP address ${address} is reserved`
const wrongPort = "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
const invalid = "invalid webhook URL specified"

test.each([
  [{ url: "https://bot1.example.com:8444" }, wrongPort],
  [{ url: "http://bot1.example.com:80" }, "bad webhook: An HTTPS URL must be provided for webhook"],
  [{ url: "http://bot1.example.com:81" }, "bad webhook: An HTTPS URL must be provided for webhook"],
  [{ url: "https://127.0.0.1" }, reserved("127.0.0.1")],
  [{ url: "https://10.1.2.3:88" }, reserved("10.1.2.3")],
  [{ url: "https://172.31.0.1" }, reserved("172.31.0.1")],
  [{ url: "https://192.168.0.1" }, reserved("192.168.0.1")],
  [{ url: "https://250.0.0.1" }, reserved("250.0.0.1")],
  [{ url: "https://[2001:db8::1]" }, "bad webhook: IPv6-only addresses are not allowed"],
  [{ url: "https://x.test", ip_address: "one" }, "bad webhook: Invalid IP address specified"],
  [{ url: "https://x.test", ip_address: "100.64.0.1" }, reserved("100.64.0.1")],
  [{ url: "ftp://x.test" }, invalid],
  [{ url: "https://x.test:99999" }, invalid],
  [{ url: "https://x test" }, invalid],
  // D14: the second @ is a letter that the user's part cannot contain.
  [{ url: "https://a@b@x.test" }, invalid],
  [{ url: "https://x.test", secret_token: "x".repeat(257) }, "secret token is too long"],
  [{ url: "https://x.test", secret_token: "a b" }, "secret token contains unallowed characters"],
])("setWebhook with %j is refused: %s", async (params, reason) => {
  await using world = await cloud()
  expect(await world.ask("setWebhook", params)).toEqual({
    ok: false,
    error_code: 400,
    description: `Bad Request: ${reason}`,
  })
})

test("a mapped host is neither resolved nor refused", async () => {
  await using world = await cloud()
  const url = "https://Bot1.Example.com/hook"
  expect((await world.ask("setWebhook", { url, max_connections: 1000 })).ok).toBe(true)
  expect((await world.ask("getWebhookInfo")).result).toMatchObject({
    url,
    has_custom_certificate: false,
    pending_update_count: 0,
    max_connections: 100,
    ip_address: "127.0.0.1",
  })
})

test("a port that refuses appears in getWebhookInfo although no update is pending", async () => {
  await using world = await cloud()
  const before = Math.floor(world.clock.now() / 1000)
  await world.ask("setWebhook", { url: "https://bot1.example.com" })
  await world.clock.advance(0)
  expect((await world.ask("getWebhookInfo")).result).toMatchObject({
    last_error_message: "Connection refused",
    last_error_date: before,
  })
})

test("a second setWebhook within a second is refused as too many; deleteWebhook never is", async () => {
  await using world = await cloud()
  const url = "https://bot1.example.com"
  await world.ask("setWebhook", { url })
  expect(await world.ask("setWebhook", { url })).toEqual({
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 1",
    parameters: { retry_after: 1 },
  })
  expect(await world.ask("deleteWebhook")).toMatchObject({ description: "Webhook was deleted" })
  expect(await world.ask("setWebhook", { url: "" })).toMatchObject({
    result: true,
    description: "Webhook is already deleted",
  })
})

test("with a webhook set, getUpdates is a conflict; setWebhook ends the long poll", async () => {
  await using world = await cloud()
  const polled = world.ask("getUpdates", { timeout: 50 })
  while (!world.bot.isPolling) await new Promise((resolve) => void setImmediate(resolve))
  await world.ask("setWebhook", { url: "https://bot1.example.com" })
  expect((await polled).description).toBe("Conflict: terminated by setWebhook request")
  const refused = world.ask("getUpdates")
  await world.telegram.calls.wait(({ method }) => method === "setWebhook")
  const answered = world.telegram.calls.wait(({ method }) => method === "getUpdates", 2)
  while (world.telegram.calls.last?.method !== "getUpdates" || world.telegram.calls.length < 3) {
    await world.clock.advance(1000)
  }
  await answered
  expect((await refused).description).toBe(
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  )
})

test("drop_pending_updates empties the queue, also when the webhook is refused", async () => {
  await using world = await cloud()
  await world.telegram.user().send(world.bot, "hi")
  expect(world.bot.pendingUpdateCount).toBe(1)
  await world.ask("setWebhook", { url: "ftp://x", drop_pending_updates: "Yes" })
  expect(world.bot.pendingUpdateCount).toBe(0)
  await world.telegram.user().send(world.bot, "hi")
  await world.ask("deleteWebhook", { drop_pending_updates: true })
  expect(world.bot.pendingUpdateCount).toBe(0)
})

async function upload(certificate: string): Promise<Answer> {
  await using world = await cloud()
  const form = new FormData()
  form.set("url", "https://bot1.example.com")
  form.set("certificate", new Blob([certificate]), "cert.pem")
  const target = `${world.telegram.apiRoot}/bot${world.bot.token}/setWebhook`
  const response = await fetch(target, { method: "POST", body: form })
  const answer = (await response.json()) as Answer
  const { result } = await world.ask("getWebhookInfo")
  expect(result).toMatchObject({ has_custom_certificate: answer.ok })
  return answer
}

test("a byte order mark is not part of a certificate", async () => {
  const { cert } = await makeCertificate({ name: "bot1.example.com" })
  expect(await upload(`\uFEFF${cert}`)).toMatchObject({ ok: true })
})

test.each([
  [
    "without its last line",
    (pem: string) => pem.replace(/-----END[^]*$/, ""),
    "04800066:PEM routines::bad end line",
  ],
  [
    "with another last line",
    (pem: string) => pem.replace("END CERTIFICATE", "END KEY"),
    "04800066:PEM routines::bad end line",
  ],
  [
    "with letters that are none of base64",
    (pem: string) => pem.replace(/\n(.{10})/, "\n$1*"),
    "04800064:PEM routines::bad base64 decode",
  ],
  [
    "with a letter too few",
    (pem: string) => pem.replace(/\n.(?=.)/, "\n"),
    "04800064:PEM routines::bad base64 decode",
  ],
  [
    "that is indented",
    (pem: string) => pem.replaceAll(/^/gm, "  "),
    "05800088:x509 certificate routines::no certificate or crl found",
  ],
])("a certificate %s is refused with OpenSSL's message", async (_, damage, words) => {
  const { cert } = await makeCertificate({ name: "bot1.example.com" })
  expect((await upload(damage(cert))).description).toContain(`{error:${words}}`)
})

test("a certificate is uploaded as a file; an invalid one is refused with OpenSSL's message", async () => {
  const { cert, key } = await makeCertificate({ name: "bot1.example.com" })
  expect(await upload(cert)).toMatchObject({ ok: true })
  expect(await upload(`${cert}\n${key}`)).toMatchObject({ ok: true })
  const none = {
    ok: false,
    description:
      "Bad Request: bad webhook: Failed to set custom certificate file{error:05800088:x509 certificate routines::no certificate or crl found}",
  }
  expect(await upload(key)).toMatchObject(none)
  expect(await upload("text")).toMatchObject(none)
  const junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
  expect((await upload(junk)).description).toMatch(/asn1 encoding routines::wrong tag/)
  expect(await upload("x".repeat(3_145_729))).toMatchObject({
    description: "Bad Request: certificate size is too big (3145729 bytes)",
  })
})

test("a certificate that is sent as text is ignored without an error", async () => {
  await using world = await cloud()
  const certificate = "-----BEGIN CERTIFICATE-----"
  const set = await world.ask("setWebhook", { url: "https://bot1.example.com", certificate })
  expect(set.ok).toBe(true)
  expect((await world.ask("getWebhookInfo")).result).toMatchObject({
    has_custom_certificate: false,
  })
})

test("an update in flight when the webhook changes is sent again at once", async () => {
  await using play = await ConformanceStage.start(() => {})
  await using other = await ScriptedWebhook.start((request) => request.answer(ok))
  const id = play.message(5)
  await play.clock.advance(1000)
  expect(play.webhook.requests).toHaveLength(1)
  await play.call("setWebhook", { url: other.url })
  await play.settle()
  expect(other.requests.map(({ updateId }) => updateId)).toEqual([id])
})

test("a local server allows any port and address, and up to 100,000 connections", async () => {
  await using play = await ConformanceStage.start((request) => request.answer(ok))
  expect((await play.call("getWebhookInfo")).result).toMatchObject({
    max_connections: 100,
    ip_address: "127.0.0.1",
  })
  await play.clock.advance(1000)
  await play.call("setWebhook", { url: play.webhook.url, max_connections: 100_001 })
  expect((await play.call("getWebhookInfo")).result).toMatchObject({ max_connections: 100_000 })
})

test("a restart of Telegram's server sends the unconfirmed updates again", async () => {
  await using play = await ConformanceStage.start(() => {})
  const id = play.message(5)
  await play.settle()
  play.bot.restartWebhook()
  await play.settle()
  expect(play.webhook.requests.map(({ updateId }) => updateId)).toEqual([id, id])
})

test("after a restart no connection is opened before there is an update to send", async () => {
  await using play = await ConformanceStage.start((request) => request.answer(ok))
  await play.settle()
  expect(play.webhook.connections).toBe(1)
  play.bot.restartWebhook()
  await play.clock.advance(10_000)
  expect(play.webhook.connections).toBe(1)
  play.message(5)
  await play.settle()
  expect([play.webhook.connections, play.webhook.requests.length]).toEqual([2, 1])
})

test("logOut and close end the bot's calls", async () => {
  await using world = await cloud()
  expect((await world.ask("logOut")).result).toBe(true)
  expect(await world.ask("getMe")).toEqual({
    ok: false,
    error_code: 400,
    description: "Logged out",
  })
})

test("a setWebhook that is still resolving its host is ended by the next one, and sets no webhook", async () => {
  await using world = await cloud()
  // Both are read in one turn, while the name of the first is looked up.
  const first = world.ask("setWebhook", { url: "https://nowhere.invalid" })
  const second = world.ask("deleteWebhook")
  const answers = await Promise.all([first, second])
  expect(answers[0].ok).toBe(false)
  expect(answers[0].description).toMatch(
    /^(Conflict: terminated by other setWebhook|Bad Request: bad webhook: Failed to resolve host: )/,
  )
  expect(answers[1].ok).toBe(true)
  expect((await world.ask("getWebhookInfo")).result).toMatchObject({ url: "" })
})

test("a host that cannot be resolved is refused with the resolver's message", async () => {
  await using world = await cloud()
  expect((await world.ask("setWebhook", { url: "https://nowhere.invalid" })).description).toMatch(
    /^Bad Request: bad webhook: Failed to resolve host: (Name or service not known|Temporary failure in name resolution)$/,
  )
})
