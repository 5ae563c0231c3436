import { mkdtemp, rm } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test, vi } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { createCertificate } from "../../src/certificate/index.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { issueCertificate } from "../support/issued-certificate.js"
import { RawClient, requestText } from "../support/raw-client.js"
import { silence } from "../support/webhook-telegram.js"
import { Started, token } from "../support/started-webhook.js"

const started = Started.forEachTest()
const host = "bot.example.com"
const webhookUrl = `https://${host}:8443/hook`
const pair = await createCertificate(host, { days: 10 })
const derived = deriveSecretToken(token)

const update = (id: number, secret = derived) =>
  requestText(`{"update_id":${id}}`, { headers: { "X-Telegram-Bot-Api-Secret-Token": secret } })

describe("the beginning of a start", () => {
  test("calls listen, getWebhookInfo, setWebhook, in this order", async () => {
    const { telegram } = started
    const asked = deferred()
    let status = 0
    telegram.scripts.set("getWebhookInfo", [
      (response) => {
        void started.ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").then((answer) => {
          status = answer
          asked.resolve()
          return response.end(JSON.stringify({ ok: true, result: telegram.info }))
        })
      },
    ])
    await started.start({ webhookUrl })
    await asked.promise
    expect(status).toBe(200)
    expect(telegram.methods).toEqual(["getWebhookInfo", "setWebhook"])
  })

  test("registers the URL with a secret derived from the token", async () => {
    await started.start({ webhookUrl })
    expect(started.telegram.registered).toEqual({ url: webhookUrl, secret_token: derived })
  })

  test.each([
    ["a newline behind it", "https://example.com/hook\n", "/hook"],
    ["blanks around it", " https://example.com/hook ", "/hook"],
    ["dot segments", "https://example.com/a/../hook", "/hook"],
    ["capitals in its host", "https://EXAMPLE.com/Hook", "/Hook"],
    ["letters beyond ASCII", "https://example.com/крючок", "/%D0%BA%D1%80%D1%8E%D1%87%D0%BE%D0%BA"],
    ["a blank in its path", "https://example.com/a b", "/a%20b"],
  ])("registers the checked URL, and answers there: one with %s", async (_, given, path) => {
    await started.start({ webhookUrl: given })
    expect(started.telegram.registered?.url).toBe(`https://example.com${path}`)
    expect(await started.ask(update(1).replace("/hook", path))).toBe(200)
  })

  test("uploads a certificate, or not, according to the option", async () => {
    const tls = { webhookUrl, key: pair.key, cert: pair.cert }
    await (await started.start(tls)).finish()
    expect(started.telegram.registered?.certificate).toBeDefined()
    await (await started.start({ ...tls, uploadCertificate: false })).finish()
    expect(started.telegram.registered?.certificate).toBeUndefined()
    const warnings = started.logger.warn.mock.calls
    expect(warnings).toEqual([])
  })

  test("accepts any certificate between proxy and bot if it is not uploaded", async () => {
    const other = await createCertificate("inside.example")
    const failure = await started.failure({ webhookUrl, ...other })
    expect(failure.message).toContain(host)
    expect(failure.message).toContain("set `uploadCertificate: false`")
    await started.start({ webhookUrl, ...other, uploadCertificate: false })
    expect(started.telegram.registered?.certificate).toBeUndefined()
  })

  test("passes on every option of a server", async () => {
    await started.start({ webhookUrl, keepAliveTimeoutMs: 620_000, readyPath: "/here" })
    const client = await RawClient.open({ host: "127.0.0.1", port: started.port })
    client.send("GET /here HTTP/1.1\r\nHost: example.com\r\n\r\n")
    const answer = await client.answer()
    client.destroy()
    expect(answer).toMatchObject({ status: 200, headers: { "keep-alive": "timeout=620" } })
  })

  test("passes on every parameter of setWebhook", async () => {
    await started.start({
      webhookUrl,
      allowedUpdates: ["message", "chat_member"],
      dropPendingUpdates: true,
      ipAddress: "149.154.167.220",
      maxConnections: 100,
      secretToken: "mine",
    })
    expect(started.telegram.registered).toEqual({
      url: webhookUrl,
      allowed_updates: '["message","chat_member"]',
      drop_pending_updates: "true",
      ip_address: "149.154.167.220",
      max_connections: "100",
      secret_token: "mine",
    })
  })

  test("resets the backlog if updates wait that Telegram could not deliver, and accepts none before", async () => {
    const { telegram } = started
    const failed = { pending_update_count: 3, last_error_date: 1_790_000_000 }
    telegram.info = { ...telegram.info, url: webhookUrl, ...failed }
    let early: Promise<number> | undefined
    telegram.scripts.set("deleteWebhook", [
      (response) => {
        early = started.ask(update(1))
        setTimeout(() => response.end(JSON.stringify({ ok: true, result: true })), 50)
      },
    ])
    await started.start({ webhookUrl })
    expect(telegram.methods).toEqual(["getWebhookInfo", "deleteWebhook", "setWebhook"])
    expect(await early).toBe(503)
    expect(started.queue.ids).toEqual([])
    expect(await started.ask(update(1))).toBe(200)
  })

  test.each([
    ["nothing waits", { url: webhookUrl, pending_update_count: 0, last_error_date: 1_790_000_000 }],
    ["nothing has failed", { url: webhookUrl, pending_update_count: 3 }],
    [
      "it was another URL",
      { url: "https://x.example", pending_update_count: 3, last_error_date: 9 },
    ],
  ])("does not reset the backlog if %s", async (_, info) => {
    started.telegram.info = { ...started.telegram.info, ...info }
    await started.start({ webhookUrl })
    expect(started.telegram.methods).toEqual(["getWebhookInfo", "setWebhook"])
  })

  test("does not reset the backlog if waiting updates are dropped", async () => {
    const failed = { pending_update_count: 3, last_error_date: 1_790_000_000 }
    started.telegram.info = { ...started.telegram.info, url: webhookUrl, ...failed }
    await started.start({ webhookUrl, dropPendingUpdates: true })
    expect(started.telegram.methods).toEqual(["getWebhookInfo", "setWebhook"])
  })

  test("asks the queue for the last id only if updates wait for others", async () => {
    const highestId = vi.fn(() => Promise.resolve(4))
    const queue = Object.assign(started.queue, { highestId })
    const first = await started.start({ urlPath: "hook", queue })
    expect(highestId).not.toHaveBeenCalled()
    await first.finish()
    await started.start({ urlPath: "hook", queue, orderWithinMs: 60_000 })
    expect(highestId).toHaveBeenCalledTimes(1)
    expect(await started.ask(update(5))).toBe(200)
  })

  test("stores updates that arrive before Telegram has answered", async () => {
    const { telegram } = started
    let early: Promise<number> | undefined
    telegram.scripts.set("getWebhookInfo", [
      (response) => {
        early = started.ask(update(1))
        setTimeout(() => {
          expect(started.queue.ids).toEqual([])
          response.end(JSON.stringify({ ok: true, result: telegram.info }))
        }, 50)
      },
    ])
    await started.start({ webhookUrl })
    expect(await early).toBe(200)
    expect(started.queue.ids).toEqual([1])
  })

  test("without a webhookUrl registers nothing and makes no call to Telegram", async () => {
    await started.start({ urlPath: "hook" })
    expect(await started.ask(update(1))).toBe(200)
    expect(started.telegram.calls).toEqual([])
    expect(started.logger.warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining("No webhook is registered at Telegram"),
    )
  })

  test("answers at the path of webhookUrl unless there is a urlPath, otherwise at the root", async () => {
    const first = await started.start({ webhookUrl })
    expect(first.address).toEqual({ protocol: "http", host: "127.0.0.1", port: started.port })
    expect(await started.ask(update(1))).toBe(200)
    await first.finish()
    await started.start()
    expect(await started.ask(update(2).replace("/hook", "/"))).toBe(200)
  })

  test("warns of a path that differs, which a proxy may rewrite", async () => {
    await started.start({ webhookUrl, urlPath: "/other" })
    const warnings = started.logger.warn.mock.calls.flat().join("\n")
    expect(warnings).toContain("unless a proxy rewrites the path")
  })

  test("warns of a token in the path, without repeating it", async () => {
    await started.start({ urlPath: token })
    const warnings = started.logger.warn.mock.calls.flat().join("\n")
    expect(warnings).toContain("The webhook's path contains the bot's token")
    expect(warnings).not.toContain(token)
  })

  test("ends at once when its signal aborts, with no server left listening", async () => {
    const { telegram } = started
    telegram.scripts.set("getWebhookInfo", [silence])
    const abort = new AbortController()
    const failure = started.failure({ webhookUrl, signal: abort.signal })
    await untilTrue(() => telegram.calls.length === 1)
    abort.abort(new Error("enough"))
    expect((await failure).message).toBe("enough")
  })
})

describe("a certificate", () => {
  test("without its key is that of a proxy, which is said, and warned of on the URL's own port", async () => {
    const words = expect.stringMatching(
      /speaks HTTP, because `cert` is given without `key`: a proxy/,
    )
    const { logger, telegram, port } = started
    const first = await started.start({ webhookUrl, cert: pair.cert })
    expect(logger.info).toHaveBeenCalledWith(words)
    expect(logger.warn).not.toHaveBeenCalledWith(words)
    await first.finish()
    const bot = started.botOf({ localMode: true })
    telegram.scripts.set("getWebhookInfo", [
      (response) => {
        expect(logger.warn).toHaveBeenCalledWith(words)
        return response.end(JSON.stringify({ ok: true, result: telegram.info }))
      },
    ])
    await started.start({ bot, webhookUrl: `https://${host}:${port}/hook`, cert: pair.cert })
    expect(logger.warn).toHaveBeenCalledWith(words)
  })

  test("that is self-signed is served and uploaded", async () => {
    const intake = await started.start({ webhookUrl, ...pair })
    expect(intake.address.protocol).toBe("https")
    expect(started.telegram.registered?.certificate?.trim()).toBe(pair.cert.trim())
    const client = await RawClient.openTls({
      port: started.port,
      host: "127.0.0.1",
      servername: host,
      ca: pair.cert,
    })
    client.send(update(1))
    expect((await client.answer()).status).toBe(200)
    client.destroy()
  })

  test("of an authority is served and not uploaded", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "sounder-"))
    const issued = await issueCertificate(folder, host, context)
    const intake = await started.start({ webhookUrl, ...issued })
    expect(intake.address.protocol).toBe("https")
    expect(started.telegram.registered).toEqual({ url: webhookUrl, secret_token: derived })
    await rm(folder, { recursive: true })
  })

  test("of an unknown authority is refused by Telegram, but maybe not by a local server", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "sounder-"))
    const issued = await issueCertificate(folder, host, context)
    const publicBot = new Bot(token, { apiRoot: "https://api.telegram.org" })
    const failure = await started.failure({ webhookUrl, ...issued, bot: publicBot })
    expect(failure).toMatchObject({ code: "certificate-mismatch" })
    expect(failure.message).toContain("fullchain.pem")
    expect(failure.message).toContain("set `uploadCertificate: false`")
    await started.start({ webhookUrl, ...issued })
    expect(started.logger.warn).toHaveBeenCalledWith(
      expect.stringContaining("trusts the authority"),
    )
    await rm(folder, { recursive: true })
  })

  test("without a key is uploaded, and the server speaks HTTP", async () => {
    const intake = await started.start({ webhookUrl, cert: pair.cert })
    expect(intake.address.protocol).toBe("http")
    expect(started.telegram.registered?.certificate?.trim()).toBe(pair.cert.trim())
    expect(await started.ask(update(1))).toBe(200)
  })

  test("is uploaded without a private key in the same text", async () => {
    await started.start({ webhookUrl, cert: `${pair.key}\n${pair.cert}`, key: pair.key })
    const uploaded = started.telegram.registered?.certificate ?? ""
    expect(uploaded).toContain("-----BEGIN CERTIFICATE-----")
    expect(uploaded).not.toContain("PRIVATE KEY")
  })

  test("of a shared server is uploaded by each bot", async () => {
    const { port, telegram } = started
    const server = new WebhookServer({ port, ...pair })
    const one = await started.start({ server, port: undefined, webhookUrl })
    const two = `https://${host}:8443/two`
    const other = await started.start({ server, port: undefined, webhookUrl: two })
    expect(telegram.calls.filter(({ params }) => params.certificate !== undefined)).toHaveLength(2)
    await one.finish()
    expect(server.address).toBeDefined()
    await other.finish()
    await started.expectNothingListens()
  })
})

describe("setWebhook", () => {
  test("is not called again if an uploaded certificate and all visible options are unchanged", async () => {
    const { telegram } = started
    const options = { webhookUrl, ...pair, allowedUpdates: ["message", "poll"] as const }
    await (await started.start(options)).finish()
    await started.start({ ...options, allowedUpdates: ["poll", "message"] })
    expect(telegram.methods).toEqual(["getWebhookInfo", "setWebhook", "getWebhookInfo"])
  })

  test("is called at every start without an uploaded certificate, and drops nothing", async () => {
    const { telegram } = started
    await (await started.start({ webhookUrl })).finish()
    await started.start({ webhookUrl })
    expect(telegram.methods.filter((method) => method === "setWebhook")).toHaveLength(2)
    expect(telegram.registered?.drop_pending_updates).toBeUndefined()
  })

  test.each([
    ["the URL", { webhookUrl: `https://${host}:443/hook` }],
    ["max_connections", { maxConnections: 41 }],
    ["ip_address", { ipAddress: "149.154.167.221" }],
    ["allowed_updates", { allowedUpdates: ["message"] as const }],
    ["nothing but a drop of what waits", { dropPendingUpdates: true }],
  ])("is called when %s differs", async (_, change) => {
    const { telegram } = started
    await (await started.start({ webhookUrl, ...pair, allowedUpdates: [] })).finish()
    await started.start({ webhookUrl, ...pair, allowedUpdates: [], ...change })
    expect(telegram.methods.filter((method) => method === "setWebhook")).toHaveLength(2)
  })

  test("is called when Telegram has no certificate", async () => {
    const { telegram } = started
    await (await started.start({ webhookUrl, ...pair })).finish()
    telegram.info = { ...telegram.info, has_custom_certificate: false }
    await started.start({ webhookUrl, ...pair })
    expect(telegram.methods.filter((method) => method === "setWebhook")).toHaveLength(2)
  })

  test("regards the list of all default types as Telegram's default", async () => {
    const { telegram } = started
    await (await started.start({ webhookUrl, ...pair, allowedUpdates: [] })).finish()
    const { allowed_updates: _, ...info } = telegram.info
    telegram.info = info
    await started.start({ webhookUrl, ...pair, allowedUpdates: [] })
    expect(telegram.methods.filter((method) => method === "setWebhook")).toHaveLength(1)
  })
})

describe("a stop", () => {
  test("answers new requests with 503, and those in flight when they settle", async () => {
    const { queue } = started
    const handled = deferred()
    queue.answer = () => handled.promise
    const intake = await started.start({ webhookUrl })
    const early = started.ask(update(1))
    await untilTrue(() => queue.puts.length === 1)
    await intake.stopIntake()
    expect(await started.ask(update(2))).toBe(503)
    handled.resolve()
    expect(await early).toBe(200)
    expect(queue.ids).toEqual([1])
    await intake.finish()
    await intake.finish()
    await intake.ended
  })

  test("leaves the webhook registered and closes the server", async () => {
    const intake = await started.start({ webhookUrl })
    await intake.finish()
    await started.expectNothingListens()
    expect(started.telegram.methods).not.toContain("deleteWebhook")
  })

  test("can be followed by a start", async () => {
    for (const id of [1, 2]) {
      const intake = await started.start({ webhookUrl })
      expect(await started.ask(update(id))).toBe(200)
      await intake.finish()
    }
    expect(started.queue.ids).toEqual([1, 2])
  })
})

describe("soon after the start", () => {
  test("a failed delivery is logged with an explanation, once", async () => {
    const { telegram, logger } = started
    await started.start({ webhookUrl })
    telegram.info = {
      ...telegram.info,
      pending_update_count: 3,
      last_error_date: 1,
      last_error_message: "Wrong response from the webhook: 404 Not Found",
    }
    await expect.poll(() => logger.warn).toHaveBeenCalled()
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(
      "Telegram could not deliver to the webhook (3 pending): Wrong response from the webhook: 404 Not Found. " +
        "The server has no handler at the URL's path. `urlPath` and the path of `webhookUrl` must be the same, unless the proxy rewrites it; slashes at the end and capital letters count.",
    )
  })

  test("an error from before the start is not logged", async () => {
    const { telegram, logger } = started
    telegram.scripts.set("setWebhook", [
      (response) => void response.end('{"ok":true,"result":true}'),
    ])
    const last_error_message = "Connection refused"
    telegram.info = {
      ...telegram.info,
      url: webhookUrl,
      max_connections: 40,
      last_error_date: 5,
      last_error_message,
    }
    await started.start({ webhookUrl })
    await untilTrue(() => telegram.methods.length >= 3)
    expect(logger.warn).not.toHaveBeenCalled()
  })

  test("a webhook that another program has moved is logged", async () => {
    const { telegram, logger } = started
    await started.start({ webhookUrl })
    telegram.info = { ...telegram.info, url: "" }
    await expect.poll(() => logger.warn).toHaveBeenCalled()
    expect(logger.warn.mock.lastCall?.[0]).toContain("Another program has removed the webhook")
  })

  test.each([
    "Wrong response from the webhook: 401 Unauthorized",
    "SSL error {error:0A000086:SSL routines::certificate verify failed}",
  ])("an old registration, visible in %s, is renewed once", async (last_error_message) => {
    const { telegram } = started
    await (await started.start({ webhookUrl, ...pair, secretToken: "old" })).finish()
    await started.start({ webhookUrl, ...pair, secretToken: "new" })
    expect(telegram.registered?.secret_token).toBe("old")
    telegram.info = { ...telegram.info, last_error_date: 5, last_error_message }
    await expect.poll(() => telegram.registered?.secret_token).toBe("new")
    expect(telegram.methods.filter((method) => method === "setWebhook")).toHaveLength(2)
  })
})

test("a wrong secret triggers a check of Telegram's registration", async () => {
  const { telegram } = started
  await (await started.start({ webhookUrl, cert: pair.cert, secretToken: "old" })).finish()
  await started.start({ webhookUrl, cert: pair.cert, secretToken: "new" })
  // The fourth call is the first check. Without the wrong secret, the next check would be ten seconds later.
  await untilTrue(() => telegram.methods.length === 4)
  const last_error_message = "Wrong response from the webhook: 401 Unauthorized"
  telegram.info = { ...telegram.info, last_error_date: 5, last_error_message }
  expect(await started.ask(update(1, "old"))).toBe(401)
  await untilTrue(() => telegram.registered?.secret_token === "new", 8_000)
})

test("a wrong secret of a stranger has no effect", async () => {
  const { telegram } = started
  await (await started.start({ webhookUrl, cert: pair.cert })).finish()
  await started.start({ webhookUrl, cert: pair.cert })
  await untilTrue(() => telegram.methods.length === 4)
  expect(await started.ask(update(1, "guess"))).toBe(401)
  await untilTrue(() => telegram.methods.length === 5)
  expect(telegram.methods.filter((method) => method === "setWebhook")).toHaveLength(1)
})

test("any number of wrong secrets of a stranger trigger one check", async () => {
  const { telegram } = started
  await (await started.start({ webhookUrl, cert: pair.cert })).finish()
  await started.start({ webhookUrl, cert: pair.cert })
  await untilTrue(() => telegram.methods.length === 4)
  const guess = async () => expect(await started.ask(update(1, "guess"))).toBe(401)
  for (let round = 0; round < 5; round += 1) await guess()
  await untilTrue(() => telegram.methods.length >= 5)
  for (let round = 0; round < 5; round += 1) {
    await guess()
    await sleep(150)
  }
  await untilTrue(() => telegram.methods.length >= 5)
  expect(await started.ask(update(1, "guess"))).toBe(401)
  await sleep(150)
  expect(telegram.methods).toHaveLength(5)
})

test("a wrong secret of a webhook that Sounder does not register is logged once a minute", async () => {
  await started.start({ urlPath: "hook" })
  expect(await started.ask(update(1, "wrong"))).toBe(401)
  expect(await started.ask(update(1, "wrong"))).toBe(401)
  const warnings = started.logger.warn.mock.calls.map(([text]: string[]) => text)
  expect(warnings.filter((text) => text?.includes("wrong secret"))).toEqual([
    expect.stringContaining("call setWebhook with the `secret_token`"),
  ])
})
