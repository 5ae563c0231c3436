import { expect, test } from "vitest"
import { Simulator } from "../../src/index.js"
import { call } from "../conformance-stage.js"
import { ok, ScriptedWebhook } from "../scripted-webhook.js"

/** A simulator with one bot, one person and the lines of its log without their times. */
async function logged(options: { local?: boolean } = {}) {
  const lines: string[] = []
  const telegram = await Simulator.start({ ...options, log: (line) => lines.push(line) })
  const bot = telegram.bot({ username: "echo_bot" })
  const ada = telegram.user({ first_name: "Ada" })
  return {
    telegram,
    bot,
    ada,
    text: () => lines.map((line) => line.replace(/^\d\d:\d\d:\d\d @echo_bot /, "")),
    lines,
    [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose](),
  }
}

test("an update, the poll that fetches it and a call each have a line with the time and the bot", async () => {
  await using stage = await logged()
  const { telegram, bot, ada } = stage
  await ada.send(bot, "Good morning")
  const { result } = await call(telegram, bot.token, "getUpdates", {})
  const [{ update_id: id }] = result as [{ update_id: number }]
  await call(telegram, bot.token, "sendMessage", { chat_id: ada.id, text: "Hello, Ada!" })
  expect(stage.lines[0]).toMatch(/^\d\d:\d\d:\d\d @echo_bot update \d+ message "Good morning"$/)
  expect(stage.text()).toEqual([
    `update ${id} message "Good morning"`,
    "getUpdates: 200, 1 update",
    `sendMessage chat_id=${ada.id} text="Hello, Ada!": 200`,
  ])
})

test("polls without updates share one line until another event", async () => {
  await using stage = await logged()
  const { telegram, bot } = stage
  const poll = () => call(telegram, bot.token, "getUpdates", {})
  await poll()
  await poll()
  await call(telegram, bot.token, "getMe", {})
  await poll()
  const idle = "getUpdates: 200, no updates"
  expect(stage.text()).toEqual([idle, "getMe: 200", idle])
})

test("a refused call is logged with its reason, and a planned fault with the fault", async () => {
  await using stage = await logged()
  const { telegram, bot, ada } = stage
  await call(telegram, bot.token, "sendMessage", { chat_id: 7, text: "x" })
  telegram.fault("getMe", { retryAfter: 5 })
  await call(telegram, bot.token, "getMe", {})
  expect(stage.text()).toEqual([
    "sendMessage chat_id=7 text=x: 400 Bad Request: chat not found",
    "getMe: asked to wait 5 s",
  ])
  expect(ada.id).toBeGreaterThan(0)
})

test("secrets and terminal control characters are not printed", async () => {
  await using stage = await logged()
  const { telegram, bot, ada } = stage
  await ada.send(bot, "\u009b31mred")
  await call(telegram, bot.token, "setWebhook", { url: "ftp://x", secret_token: "hunter2" })
  expect(stage.text()[0]).toMatch(/message "\\u009b31mred"$/)
  expect(stage.text()[1]).toContain("secret_token=<secret>")
})

test("a photo is named by its field, and a message withheld by privacy mode is logged", async () => {
  await using stage = await logged()
  const { telegram, bot, ada } = stage
  await ada.send(bot, { photo: new Uint8Array([1]) })
  const group = telegram.group({ title: "Family" }, ada, bot)
  await ada.send(group, "between us")
  expect(stage.text()[0]).toMatch(/^update \d+ message photo$/)
  expect(stage.text().at(-1)).toBe('message "between us" is not sent: privacy mode')
})

test("an update that allowed_updates leaves out is logged", async () => {
  await using stage = await logged()
  const { telegram, bot, ada } = stage
  await call(telegram, bot.token, "getUpdates", { allowed_updates: ["inline_query"] })
  await ada.send(bot, "between us")
  expect(stage.text().at(-1)).toBe('message "between us" is not sent: not in allowed_updates')
})

test("a webhook delivery is logged with its outcome", async () => {
  await using stage = await logged({ local: true })
  const { telegram, bot, ada } = stage
  await using webhook = await ScriptedWebhook.start(({ answer }) => answer(ok))
  await call(telegram, bot.token, "setWebhook", { url: webhook.url })
  await ada.send(bot, "hi")
  await telegram.deliveries.wait(() => true)
  expect(stage.text().at(-1)).toMatch(/^update \d+ is delivered: 200 in \d+ ms$/)
})
