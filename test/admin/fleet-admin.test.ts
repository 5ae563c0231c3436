import { describe, expect, test } from "vitest"
import { FleetAdmin } from "../../src/admin/index.js"
import { Fleet } from "../../src/fleet/index.js"
import { MemoryBotStore } from "../../src/fleet/store/index.js"
import { untilTrue } from "../support/waiting.js"
import { asker, basic, formToken, password, startAdmin, startFleet } from "./stage.js"

describe("without the password", () => {
  test.each([
    ["/", {}],
    ["/style.css", {}],
    ["/bots/1", {}],
    ["/bots/999", {}],
    ["/nothing", {}],
    ["/bots/1/park", { method: "POST", body: "token=x" }],
    ["/", { method: "DELETE" }],
    ["/", { credentials: "admin:wrong password" }],
    ["/", { credentials: `${password}:admin` }],
    ["/", { credentials: "admin" }],
    ["/", { credentials: null, headers: { authorization: `Bearer ${password}` } }],
    ["/", { credentials: null, headers: { authorization: "Basic !!!" } }],
    [
      "/",
      {
        credentials: null,
        headers: { authorization: basic(`admin:${password}`).replace("Basic", "Bearer") },
      },
    ],
  ])("%s %o has the same answer, which contains nothing", async (path, asked) => {
    const { fleet, telegram } = await startFleet()
    await fleet.add(telegram.bot().token)
    const { ask } = await startAdmin({ fleet })
    const answer = await ask(path, { credentials: null, ...asked })
    expect(answer).toMatchObject({ status: 401, text: "Password required\n" })
    expect(answer.headers["www-authenticate"]).toBe('Basic realm="Sounder", charset="UTF-8"')
    expect(Object.keys(answer.headers)).not.toContain("server")
  })

  test("ten wrong ones from an address close it for a minute, even for the right one", async () => {
    const { ask } = await startAdmin({ fleet: new Fleet() })
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await ask("/", { credentials: `admin:wrong ${attempt}` })).status).toBe(401)
    }
    const answer = await ask("/")
    expect(answer).toMatchObject({ status: 429, text: "Too many wrong passwords\n" })
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(50)
    expect(answer.headers.connection).toBe("close")
    // A browser without a password may still ask.
    expect((await ask("/", { credentials: null })).status).toBe(401)
  })
})

test("the password may contain a colon and letters of any language, with any user name", async () => {
  const admin = new FleetAdmin({ fleet: new Fleet(), password: "пароль: seven 🐟", port: 0 })
  const { url = "" } = await admin.start()
  try {
    const ask = asker(url)
    expect((await ask("/", { credentials: "ada:пароль: seven 🐟" })).status).toBe(200)
    expect((await ask("/", { credentials: ":пароль: seven 🐟" })).status).toBe(200)
    expect(
      (await ask("/", { headers: { authorization: basic("a:x").toLowerCase() } })).status,
    ).toBe(401)
  } finally {
    await admin.close()
  }
})

test.each([
  [{}, /`password` option to be a text of at least 12 characters, got a value of type undefined/],
  [{ password: "short" }, /at least 12 characters, got one of 5/],
  [{ password, listen: "" }, /`listen` option/],
  [{ password, port: 70_000 }, /`port` option/],
  [{ password, fleet: undefined }, /`fleet` option to be a `Fleet`, unless/],
  [{ password, store: new MemoryBotStore() }, /unless there is the `store` option/],
  [{ password, colour: "red" }, /Unknown option `colour`/],
])("%o is a wrong option", (options, message) => {
  expect(() => new FleetAdmin({ fleet: new Fleet(), ...options } as never)).toThrow(message)
})

test("a page runs once, and again after its end", async () => {
  const { admin } = await startAdmin({ fleet: new Fleet() })
  await expect(admin.start()).rejects.toMatchObject({ code: "already-running" })
  await admin.close()
  await admin.close()
  const { url = "" } = await admin.start()
  expect((await asker(url)("/")).status).toBe(200)
})

test("a used port is an error with its remedy", async () => {
  const { port } = await startAdmin({ fleet: new Fleet() })
  const other = new FleetAdmin({ fleet: new Fleet(), password, port: port ?? 0 })
  await expect(other.start()).rejects.toMatchObject({ code: "listen-failed" })
})

test("an address that others reach is a warning", async () => {
  const { logger } = await startAdmin({ fleet: new Fleet(), listen: "0.0.0.0" })
  expect(logger.at("warn").join()).toContain("without TLS")
  const loopback = await startAdmin({ fleet: new Fleet() })
  expect(loopback.logger.at("warn")).toEqual([])
})

test("each answer has the headers of a page that runs no script", async () => {
  const { ask } = await startAdmin({ fleet: new Fleet() })
  for (const path of ["/", "/style.css", "/nothing", "/bots/1"]) {
    const { headers, text } = await ask(path)
    const { date: _date, "content-type": type, connection: _connection, ...others } = headers
    expect(type).toMatch(
      path === "/style.css" ? /^text\/css$/ : /^text\/(html|plain); charset=utf-8$/,
    )
    expect(others).toEqual({
      "cache-control": "no-store",
      "content-length": String(Buffer.byteLength(text)),
      "content-security-policy":
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; " +
        "frame-ancestors 'none'",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    })
  }
})

test("the token of the forms differs from page to page", async () => {
  const store = new MemoryBotStore()
  await store.add([{ token: `7:${"x".repeat(35)}` }])
  const tokens = new Set<string>()
  for (let n = 0; n < 2; n += 1)
    tokens.add(formToken(await (await startAdmin({ store })).ask("/bots/7")))
  expect(tokens.size).toBe(2)
  for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/)
})

test.each([
  ["GET", "/nothing", 404],
  ["GET", "/bots/1", 404],
  ["GET", "/bots/0", 404],
  ["GET", "/bots/1/park", 405],
  ["POST", "/", 405],
  ["HEAD", "/", 200],
  ["GET", "//", 400],
  ["GET", "/?page=99&q=%F0%00&state=__proto__", 200],
  ["GET", "/?page=-1", 200],
])("%s %s is answered %i", async (method, path, status) => {
  const { ask } = await startAdmin({ fleet: new Fleet() })
  const answer = await ask(path, { method })
  expect(answer.status).toBe(status)
  if (method === "HEAD") expect(answer.text).toBe("")
})

describe("a bot", () => {
  async function open() {
    const { fleet, telegram } = await startFleet()
    const account = telegram.bot({ first_name: "Shop", username: "shop_bot" })
    await fleet.add(account.token, { kind: "shop" })
    fleet.dispatcher.command("start", (ctx) => ctx.reply("hello"))
    fleet.dispatcher.command("fail", () => {
      throw new Error("The oven is cold")
    })
    await fleet.startPolling()
    const { ask } = await startAdmin({ fleet })
    return { fleet, telegram, account, ask, path: `/bots/${account.id}` }
  }

  test("is shown with its name, kind, state, traffic and last errors", async () => {
    const { telegram, account, ask, path } = await open()
    const ada = telegram.user()
    await ada.send(account, "/start")
    await ada.hears()
    await ada.send(account, "/fail")
    await untilTrue(async () => (await ask(path)).text.includes("The oven is cold"))
    const { text } = await ask(path)
    for (const part of [
      "Shop",
      "@shop_bot",
      "Receiving",
      "<bdi>shop</bdi>",
      "<dd>2 (2 in the last",
    ]) {
      expect(text).toContain(part)
    }
    expect(text).toContain("A handler threw")
    expect((await ask("/")).text).toContain("The oven is cold")
    expect(text).not.toContain(account.token.split(":")[1])
  })

  test("is found by the last error of its handlers, which the list shows", async () => {
    const { telegram, account, ask } = await open()
    await telegram.user().send(account, "/fail")
    await untilTrue(async () => (await ask("/")).text.includes("The oven is cold"))
    expect((await ask("/?q=OVEN")).text).toContain(`/bots/${account.id}?q=OVEN`)
    expect((await ask("/?q=fridge")).text).toContain("There is no such bot")
  })

  test("is parked and woken by the forms of the page", async () => {
    const { fleet, ask, path } = await open()
    const token = formToken(await ask(path))
    const parked = await ask(`${path}/park?q=shop&page=2`, {
      method: "POST",
      body: new URLSearchParams({ token, reason: "not <b>paid</b>" }).toString(),
    })
    expect(parked).toMatchObject({ status: 303, headers: { location: `${path}?q=shop&page=2` } })
    expect(fleet.status()).toMatchObject([{ state: "parked", reason: "not <b>paid</b>" }])
    expect((await ask(path)).text).toContain("not &lt;b&gt;paid&lt;/b&gt;")
    await ask(`${path}/wake`, { method: "POST", body: `token=${token}` })
    expect(fleet.status()).toMatchObject([{ state: "receiving" }])
  })

  test("is parked with the first 200 characters of a long reason", async () => {
    const { fleet, ask, path } = await open()
    const token = formToken(await ask(path))
    const body = new URLSearchParams({ token, reason: "x".repeat(5_000) }).toString()
    expect((await ask(`${path}/park`, { method: "POST", body })).status).toBe(303)
    expect(fleet.status()[0]?.reason).toBe("x".repeat(200))
  })

  test.each([
    ["without a token", {}, ""],
    ["with a wrong token", {}, "token=AAAA"],
    ["of another site", { "sec-fetch-site": "cross-site" }, "right"],
    ["of a page of the same site", { "sec-fetch-site": "same-site" }, "right"],
    ["of no page", { "sec-fetch-site": "none" }, "right"],
    ["with another origin", { origin: "https://evil.example" }, "right"],
    ["with no origin", { origin: "null" }, "right"],
  ])("is not changed by a form %s", async (_, headers, body) => {
    const { fleet, ask, path } = await open()
    const token = formToken(await ask(path))
    const answer = await ask(`${path}/park`, {
      method: "POST",
      headers,
      body: body === "right" ? `token=${token}` : body,
    })
    expect(answer.status).toBe(403)
    expect(fleet.status()).toMatchObject([{ state: "receiving" }])
  })

  test("is not changed by a form that is too long", async () => {
    const { ask, path } = await open()
    const answer = await ask(`${path}/park`, { method: "POST", body: "x".repeat(20_000) })
    expect(answer.status).toBe(413)
  })
})

test("a page of a store shows its bots with their problems, and parks them", async () => {
  const store = new MemoryBotStore()
  const [stored] = await store.add([{ token: `7:${"x".repeat(35)}`, kind: "shop" }])
  await store.setProblem(
    { botId: 7, tokenVersion: stored?.tokenVersion ?? 0 },
    "Webhook: certificate verify failed",
  )
  const { ask } = await startAdmin({ store })
  const answer = await ask("/bots/7")
  expect(answer.text).toContain("Active")
  expect(answer.text).toContain("certificate verify failed")
  await ask("/bots/7/park", { method: "POST", body: `token=${formToken(answer)}&reason=` })
  expect(await store.get(7)).toMatchObject({ state: "parked", reason: null })
})

test("a store that cannot be read is an error on the page", async () => {
  const store = new MemoryBotStore()
  store.list = () => Promise.reject(new Error("The database <is> away"))
  const { ask } = await startAdmin({ store })
  expect(await ask("/")).toMatchObject({ status: 503 })
  expect((await ask("/")).text).toContain("The database &lt;is&gt; away")
})
