import { expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { updateSetAside } from "../../src/events/index.js"
import { Fleet } from "../../src/fleet/index.js"
import { fakeBots, hostileName } from "./fake-bots.js"
import { startAdmin } from "./stage.js"

test("ten thousand bots are shown in pages, and searched on the server", async () => {
  const fleet = new Fleet()
  for (const { token, me, kind } of fakeBots(10_000)) {
    await fleet.add(new Bot(token, { me }), { kind })
  }
  await fleet.park(100_005_000, "not paid")
  const { ask } = await startAdmin({ fleet })
  const first = await ask("/")
  expect(first.text).toContain("10,000 bots")
  expect(first.text).toContain("Page 1 of 200")
  expect(first.text.match(/class="chat-row"/g)).toHaveLength(50)
  expect(first.text.length).toBeLessThan(120_000)
  expect((await ask("/?page=200")).text).toContain("/bots/100009999")
  const found = await ask("/?q=bot%209999")
  expect(found.text.match(/class="chat-row"/g)).toHaveLength(1)
  const parked = await ask("/?state=parked")
  expect(parked.text.match(/class="chat-row"/g)).toHaveLength(1)
  expect(parked.text).toContain("not paid")
  expect((await ask("/?q=PAID")).text).toContain("/bots/100005000?q=PAID")
  expect((await ask("/?q=nobody")).text).toContain("There is no such bot")
})

test("names cannot break out of their places, nor change the order of the texts around them", async () => {
  const fleet = new Fleet()
  const [bot] = fakeBots(1)
  if (!bot) throw new Error("There is a bot")
  const me = { ...bot.me, first_name: hostileName, username: '"><script>' }
  await fleet.add(new Bot(bot.token, { me }), { kind: "shop" })
  await fleet.park(me.id, `${hostileName}\u0000\ud800\u061c\u200b\ufeff`)
  const { ask } = await startAdmin({ fleet })
  for (const path of ["/", `/bots/${me.id}`, `/?q=${encodeURIComponent(hostileName)}`]) {
    const { status, text } = await ask(path)
    expect(status).toBe(200)
    expect(text).not.toMatch(/<(script|img|svg|b)\b/)
    expect(text).not.toMatch(
      /[\u0000-\u0008\u061C\u200B\u202A-\u202E\u2066-\u2069\uFEFF\uD800-\uDFFF]/,
    )
    expect(text).toContain(
      "&lt;img src=x onerror=alert(1)&gt;\\u202e&quot;&#39;&amp;&lt;/bdi&gt;&lt;/li&gt;\\u2067",
    )
  }
})

test("texts of any length and errors of any kind are shown", async () => {
  const long = `"'<&>\u202e\ud800`.repeat(20_000)
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const spiteful = new Error("spite")
  Object.defineProperty(spiteful, "message", { get: () => expect.unreachable() })
  const errors: unknown[] = [new Error(long), revoked.proxy, spiteful, Symbol("s"), null, 1n]
  const fleet = new Fleet()
  const bots = fakeBots(errors.length)
  for (const { token, me } of bots) {
    await fleet.add(new Bot(token, { me: { ...me, first_name: long } }))
    await fleet.park(me.id, long)
  }
  const { ask } = await startAdmin({ fleet })
  for (const [index, error] of errors.entries()) {
    const { me } = bots[index] ?? {}
    for (let n = 0; n < 2; n += 1) updateSetAside.publish({ botId: me?.id ?? 0, error } as never)
  }
  for (const path of ["/", `/bots/${bots[0]?.me.id}`, "/?q=spite"]) {
    const { status, text } = await ask(path)
    expect(status).toBe(200)
    expect(text).not.toMatch(/"'<|\u202e/u)
  }
})
