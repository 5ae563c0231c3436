import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import fc from "fast-check"
import { beforeAll, expect, test } from "vitest"
import { Simulator } from "../../src/index.js"
import type { PageMessages, PageUpdate } from "../../src/page/protocol.js"
import { built } from "../../../test/support/built.js"
import { call } from "../conformance-stage.js"
import { EventReader } from "./event-reader.js"
import { ask, isRefused, open } from "./stage.js"

beforeAll(built)

test("the page is served only if the option `page` is set", async () => {
  await using telegram = await Simulator.start()
  expect(telegram.pageUrl).toBeUndefined()
  expect((await fetch(telegram.apiRoot)).status).toBe(404)
})

test("the page permits no content from elsewhere to be loaded", async () => {
  await using stage = await open()
  const page = await fetch(stage.telegram.pageUrl!)
  expect(page.status).toBe(200)
  expect(page.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/,
  )
  expect(page.headers.get("x-content-type-options")).toBe("nosniff")
  const html = await page.text()
  const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!)
  expect(addresses.length).toBeGreaterThan(1)
  for (const address of addresses) expect(address).toMatch(/^(\/page\/|data:,)/)
  const script = await fetch(`${stage.root}/page/page.js`)
  expect(script.headers.get("content-type")).toMatch("javascript")
})

test("a client that connects gets a snapshot, then the changes", async () => {
  await using stage = await open({ isBegun: false })
  await stage.ada.send(stage.bot, "Hello")
  await using events = await EventReader.connect(stage.root)
  const snapshot = await events.kind("snapshot")
  expect(snapshot).toMatchObject({
    apiRoot: stage.root,
    isLocal: false,
    bots: [{ id: stage.bot.id, token: stage.bot.token }],
    people: [{ user: { first_name: "Ada" }, blocked: [] }],
    chats: [{ key: stage.chat, count: 1, last: { text: "Hello" } }],
    updates: [{ type: "message", state: "waiting", attemptCount: 0 }],
    receiving: [{ isPolling: false, info: { url: "", pending_update_count: 1 } }],
  })
  await call(stage.telegram, stage.bot.token, "sendMessage", { chat_id: stage.ada.id, text: "Hi" })
  expect(await events.kind("message")).toMatchObject({
    chat: stage.chat,
    message: { text: "Hi", from: { id: stage.bot.id } },
  })
  expect(await events.kind("call")).toMatchObject({
    call: { method: "sendMessage", params: { text: "Hi" }, status: 200 },
  })
})

test("a client that reconnects with an id gets the missed events once, and no snapshot", async () => {
  await using stage = await open()
  const before = await EventReader.connect(stage.root)
  await before.kind("snapshot")
  await stage.ada.send(stage.bot, "one")
  await before.kind("message")
  await before[Symbol.asyncDispose]()
  await stage.ada.send(stage.bot, "two")
  await using after = await EventReader.connect(stage.root, before.lastId)
  await stage.ada.send(stage.bot, "three")
  await after.until((event) => event.kind === "message" && event.message.text === "three")
  expect(textsOf(after)).toEqual(["two", "three"])
  expect(after.events.map(({ kind }) => kind)).not.toContain("snapshot")
})

test.each(["", "x", "other-1", "other-x"])(
  "a client that reconnects with the id %j of another run gets a snapshot",
  async (id) => {
    await using stage = await open()
    await using events = await EventReader.connect(stage.root, id)
    expect((await events.kind("snapshot")).people).toHaveLength(1)
  },
)

test("a client that disconnects and reconnects at any time sees every message once and in order", async () => {
  await using stage = await open()
  const steps = fc.array(fc.constantFrom("write", "leave", "look"), { maxLength: 12 })
  let count = 0
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const expected: string[] = []
      const seen: string[] = []
      let reader = await EventReader.connect(stage.root)
      await reader.kind("snapshot")
      for (const step of [...steps, "write", "look"]) {
        if (step === "write") {
          expected.push(`message ${++count}`)
          await stage.ada.send(stage.bot, expected.at(-1)!)
        } else if (step === "leave") {
          seen.push(...textsOf(reader))
          await reader[Symbol.asyncDispose]()
          reader = await EventReader.connect(stage.root, reader.lastId)
        } else if (expected.length > seen.length + textsOf(reader).length) {
          const last = expected.at(-1)
          await reader.until((event) => event.kind === "message" && event.message.text === last)
        }
      }
      seen.push(...textsOf(reader))
      await reader[Symbol.asyncDispose]()
      expect(seen).toEqual(expected)
    }),
    { numRuns: 15 },
  )
})

test.each<[string, Record<string, string>]>([
  ["another origin", { origin: "http://evil.example" }],
  ["the origin of another port", { origin: "http://127.0.0.1:1" }],
  ["no origin that can be named", { origin: "null" }],
  ["another website", { "sec-fetch-site": "cross-site" }],
  ["a form", { "content-type": "text/plain" }],
  ["a form with files", { "content-type": "multipart/form-data; boundary=application/json" }],
  ["a name that was pointed here", { host: "evil.example" }],
  ["a name that begins like an address", { host: "127.0.0.1.evil.example:80" }],
])("an action of %s is refused and has no effect", async (_, headers) => {
  await using stage = await open()
  const body = JSON.stringify({ first_name: "Eve" })
  const answer = await ask(`${stage.root}/page/createUser`, { method: "POST", headers, body })
  expect(answer.status).toBe(403)
  expect(answer.json).toMatchObject({ ok: false, error: expect.stringMatching(/^Refused: /) })
  await using events = await EventReader.connect(stage.root)
  expect((await events.kind("snapshot")).people).toHaveLength(1)
})

test.each(["/", "/page/events", "/page/messages?chat=1", "/page/page.js"])(
  "the page is not served under the name %s that was pointed here",
  async (path) => {
    await using stage = await open()
    const answer = await ask(`${stage.root}${path}`, { headers: { host: "evil.example" } })
    expect(answer.status).toBe(403)
  },
)

test.each(["localhost", "sounder.localhost", "127.0.0.1", "[::1]"])(
  "the page is served under the name %s",
  async (name) => {
    await using stage = await open()
    const answer = await ask(`${stage.root}/`, { headers: { host: `${name}:8081` } })
    expect(answer.status).toBe(200)
  },
)

test.each<[string, unknown, RegExp]>([
  ["send", "{", /Expected JSON/],
  ["send", [], /Expected a JSON object/],
  ["send", null, /Expected a JSON object/],
  ["send", {}, /`chat` to be a string/],
  ["send", { chat: "1", as: 1 }, /no such chat/],
  ["send", { chat: "__proto__", as: 1 }, /no such chat/],
  ["send", { chat: { toString: "x" }, as: "1" }, /`chat` to be a string/],
  ["createGroup", { title: "x", members: "1" }, /`members` to be a list of integers/],
  ["createBot", { first_name: "x", token: "no token" }, /digits, a colon and letters/],
  ["fault", { fault: "__proto__", times: 1 }, /no such fault/],
  ["fault", { fault: "500", times: 0.5 }, /`times` to be an integer/],
  ["restartWebhook", { bot: -1 }, /no such bot/],
  ["__proto__", {}, /no such action/],
  ["constructor", {}, /no such action/],
  ["nothing", {}, /no such action/],
])("the action %s with %j is refused with a reason", async (action, input, reason) => {
  await using stage = await open()
  const body = typeof input === "string" ? input : JSON.stringify(input)
  const answer = await ask(`${stage.root}/page/${action}`, { method: "POST", body })
  expect(answer.status).toBe(400)
  expect(answer.json).toMatchObject({ ok: false, error: expect.stringMatching(reason) })
})

test("any JSON is answered, and the page keeps working", async () => {
  await using stage = await open()
  const actions = fc.constantFrom(
    "send",
    "edit",
    "press",
    "block",
    "createBot",
    "fault",
    "tap",
    "setHost",
    "joinChat",
    "leaveChat",
    "vote",
    "react",
    "delete",
    "typeInline",
    "chooseInline",
  )
  await fc.assert(
    fc.asyncProperty(actions, fc.jsonValue(), async (action, input) => {
      const body = JSON.stringify(input)
      const answer = await ask(`${stage.root}/page/${action}`, { method: "POST", body })
      expect([200, 400]).toContain(answer.status)
    }),
    { numRuns: 60 },
  )
})

test.each(["/page/../package.json", "/page/%2e%2e/x", "/page//etc/passwd", "/page/", "/page/x.js"])(
  "the path %s is not found",
  async (path) => {
    await using stage = await open()
    const answer = await ask(stage.root, { path })
    expect([404, 400]).toContain(answer.status)
    expect(answer.json).toHaveProperty("ok", false)
  },
)

test("a body that is too large is cut off, and the page keeps working", async () => {
  await using stage = await open()
  const body = `"${"x".repeat(75 * 1_048_576)}"`
  const answer = await ask(`${stage.root}/page/send`, { method: "POST", body }).catch(
    () => "cut off",
  )
  expect(answer).toSatisfy((got: unknown) => got === "cut off" || isRefused(got))
  expect(await stage.act("send", { text: "still here" })).toMatchObject({ ok: true })
})

test("a message of 4096 characters is sent, a longer one is not", async () => {
  await using stage = await open()
  const text = "😀".repeat(4096)
  expect(await stage.act("send", { text })).toMatchObject({ ok: true })
  expect(await stage.act("send", { text: `${text}a` })).toMatchObject({ ok: false })
  expect(await stage.act("send", { text: " \n " })).toMatchObject({ ok: false })
})

test("hostile text is passed on, without control characters, as Telegram does", async () => {
  await using stage = await open()
  await using events = await EventReader.connect(stage.root)
  const text = "<img src=x onerror=alert(1)>\u202egnp.exe \u200b\u0000\u2028\ud83d data: x"
  await stage.act("send", { text })
  const clean = "<img src=x onerror=alert(1)>gnp.exe \u200b \ud83d data: x"
  expect((await events.kind("message")).message.text).toBe(clean)
})

test("only members of a chat can write in it, and only the author can edit a message", async () => {
  await using stage = await open()
  const eve = stage.telegram.user({ first_name: "Eve" })
  const sent = await stage.act("send", { text: "mine" })
  expect(await stage.act("send", { text: "x", as: eve.id })).toMatchObject({
    error: "You are not in this chat",
  })
  const { message_id } = sent as unknown as { message_id: number }
  expect(await stage.act("edit", { message_id, text: "changed" })).toMatchObject({ ok: true })
  const { result } = await call(stage.telegram, stage.bot.token, "getUpdates")
  expect(result).toMatchObject([
    { message: { text: "mine" } },
    { edited_message: { text: "changed" } },
  ])
})

test("a press reaches the bot, and its answer reaches the page", async () => {
  await using stage = await open()
  await using events = await EventReader.connect(stage.root)
  const { token } = stage.bot
  const reply_markup = { inline_keyboard: [[{ text: "Press", callback_data: "p" }]] }
  const { result } = await call(stage.telegram, token, "sendMessage", {
    chat_id: stage.ada.id,
    text: "x",
    reply_markup,
  })
  const { message_id } = result as { message_id: number }
  const pressed = await stage.act("press", { message_id, data: "p" })
  await call(stage.telegram, token, "answerCallbackQuery", {
    callback_query_id: (pressed as { id?: string }).id,
    text: "Well done",
    show_alert: true,
  })
  expect(await events.kind("callback")).toMatchObject({
    person: stage.ada.id,
    messageId: message_id,
    text: "Well done",
    showAlert: true,
  })
})

test("the keyboard of a bot stays until the bot removes it", async () => {
  await using stage = await open()
  const say = (reply_markup: object) =>
    call(stage.telegram, stage.bot.token, "sendMessage", {
      chat_id: stage.ada.id,
      text: "x",
      reply_markup,
    })
  await say({ keyboard: [["Yes", { text: "No" }]], input_field_placeholder: "?" })
  await using events = await EventReader.connect(stage.root)
  const { people } = await events.kind("snapshot")
  expect(people[0]?.keyboards[stage.chat]).toEqual({
    ...{ rows: [[{ text: "Yes" }, { text: "No" }]], placeholder: "?" },
  })
  await say({ remove_keyboard: true })
  expect((await events.kind("person")).person.keyboards).toEqual({})
  expect(await stage.act("tap", { key: "Yes" })).toMatchObject({ ok: false })
})

test("a button that requests the phone number sends it", async () => {
  await using stage = await open()
  const keyboard = [[{ text: "My number", request_contact: true }]]
  await call(stage.telegram, stage.bot.token, "sendMessage", {
    chat_id: stage.ada.id,
    text: "x",
    reply_markup: { keyboard },
  })
  expect(await stage.act("tap", { key: "My number" })).toMatchObject({ ok: true })
  const { result } = await call(stage.telegram, stage.bot.token, "getUpdates")
  expect(result).toMatchObject([{ message: { contact: { user_id: stage.ada.id } } }])
})

test("the results of an inline query reach the page, and the chosen one is sent", async () => {
  await using stage = await open()
  const { telegram, root, ada } = stage
  const made = await stage.act("createBot", {
    first_name: "Find",
    username: "find_bot",
    inline: "on",
  })
  const { token } = made as { token?: string }
  await using events = await EventReader.connect(root)
  const { id } = (await stage.act("typeInline", { text: "@find_bot cats" })) as { id?: string }
  const content = { message_text: "A cat" }
  const results = [
    { type: "article", id: "1", title: "<b>Cat</b>", input_message_content: content },
  ]
  await call(telegram, token!, "answerInlineQuery", { inline_query_id: id, results })
  expect(await events.kind("inline")).toMatchObject({
    answer: {
      person: ada.id,
      query: "cats",
      results: [{ id: "1", type: "article", title: "<b>Cat</b>", description: "" }],
    },
  })
  const refused = await stage.act("chooseInline", { id: "0", result: "1" })
  expect(refused.error).toMatch(/too old/)
  expect((await stage.act("chooseInline", { id, result: "2" })).ok).toBe(false)
  expect(await stage.act("chooseInline", { id, result: "1" })).toMatchObject({ ok: true })
  expect(await events.kind("message")).toMatchObject({
    message: { text: "A cat", via_bot: { username: "find_bot" }, from: { id: ada.id } },
  })
  const { result } = await call(telegram, token!, "getUpdates")
  expect(result).toMatchObject([{ inline_query: { query: "cats" } }, { chosen_inline_result: {} }])
})

test("a bot without inline mode cannot be queried", async () => {
  await using stage = await open()
  const { error } = await stage.act("typeInline", { text: "@page_bot cats" })
  expect(error).toMatch(/no inline mode/)
})

test("votes and reactions reach the page, and pages that are opened later", async () => {
  await using stage = await open()
  const { telegram, bot, ada, root, chat } = stage
  const { result } = await call(telegram, bot.token, "sendPoll", {
    chat_id: ada.id,
    question: "Which?",
    options: [{ text: "A" }, { text: "B" }],
    is_anonymous: false,
  })
  const { message_id } = result as { message_id: number }
  await using events = await EventReader.connect(root)
  expect(await stage.act("vote", { message_id, options: [1] })).toMatchObject({ ok: true })
  expect((await events.kind("mark")).mark?.votes).toEqual({ [ada.id]: [1] })
  expect((await stage.act("vote", { message_id, options: [2] })).ok).toBe(false)
  expect(await stage.act("react", { message_id, emoji: "🔥" })).toMatchObject({ ok: true })
  expect((await stage.act("react", { message_id, emoji: "<b>" })).ok).toBe(false)
  const reaction = [{ type: "emoji", emoji: "👍" }]
  const given = { chat_id: ada.id, message_id, reaction }
  expect(await call(telegram, bot.token, "setMessageReaction", given)).toMatchObject({ ok: true })
  const mark = {
    reactions: { [ada.id]: ["🔥"], [bot.id]: ["👍"] },
    votes: { [ada.id]: [1] },
  }
  const isSame = (event: { kind: string; mark?: unknown }) =>
    event.kind === "mark" && JSON.stringify(event.mark).includes("👍")
  expect(await events.until(isSame)).toMatchObject({ chat, messageId: message_id, mark })
  const later = (await (await fetch(`${root}/page/messages?chat=${chat}`)).json()) as PageMessages
  expect(later.marks).toEqual({ [message_id]: mark })
  expect(later.messages.at(-1)?.poll?.options[1]?.voter_count).toBe(1)
  const { result: updates } = await call(telegram, bot.token, "getUpdates", {
    allowed_updates: ["poll", "poll_answer", "message_reaction"],
  })
  expect(updates).toMatchObject([{ poll: {} }, { poll_answer: { option_ids: [1] } }])
})

test("a member can delete own messages, an administrator any message", async () => {
  await using stage = await open()
  const { telegram, bot, ada } = stage
  const grace = telegram.user({ first_name: "Grace" })
  const group = telegram.group({ title: "G" }, ada, grace, bot)
  const { message_id } = await ada.send(group, "Ada's")
  const own = await grace.send(group, "Grace's")
  const chat = String(group.id)
  const asGrace = { as: grace.id, chat }
  expect((await stage.act("delete", { ...asGrace, message_id })).error).toMatch(/administrators/)
  const hers = { message_id: own.message_id }
  expect(await stage.act("delete", { ...asGrace, ...hers })).toMatchObject({ ok: true })
  expect((await stage.act("delete", { ...asGrace, ...hers })).error).toMatch(/deleted/)
  await using events = await EventReader.connect(stage.root)
  expect(await stage.act("delete", { chat, message_id })).toMatchObject({ ok: true })
  expect(await events.kind("delete")).toMatchObject({ chat, messageId: message_id })
})

test("a link to a name leads to its chat on the page, or nowhere", async () => {
  await using stage = await open({ local: true })
  const { telegram, bot } = stage
  const set = (name: string, { token } = bot) =>
    call(telegram, token, "setWebhook", { url: `http://${name}.example.com:8080/hook` })
  const point = (name: string, to: string) =>
    stage.act("setHost", { host: `${name}.example.com:8080`, to })
  expect(await point("here", "127.0.0.1:9")).toMatchObject({ ok: true })
  expect(await point("nowhere", "unknown")).toMatchObject({ ok: true })
  expect(await set("nowhere")).toMatchObject({ error_code: 400 })
  expect(await set("here", telegram.bot())).toMatchObject({ ok: true })
  const { error } = await stage.act("setHost", { host: "bot", to: "unknown" })
  expect(error).toMatch(/its port/)
  expect((await point("here", "home")).error).toMatch(/its port/)
})

test.each([
  ["group", "group"],
  ["supergroup", "supergroup"],
  ["forum", "supergroup"],
  ["channel", "channel"],
])("a %s is created on the page; people join it and leave", async (kind, type) => {
  await using stage = await open()
  const { telegram, bot, ada } = stage
  const grace = telegram.user({ first_name: "Grace" })
  const made = await stage.act("createGroup", { title: "G", kind, members: [ada.id, bot.id] })
  const { key: chat } = made as { key?: string }
  expect(await call(telegram, bot.token, "getChat", { chat_id: Number(chat) })).toMatchObject({
    result: { type, ...(kind === "forum" && { is_forum: true }) },
  })
  await using events = await EventReader.connect(stage.root)
  expect(await stage.act("joinChat", { as: grace.id, chat })).toMatchObject({ ok: true })
  expect((await events.kind("chat")).chat.people).toEqual([ada.id, grace.id])
  expect((await stage.act("joinChat", { as: grace.id, chat })).error).toMatch(/already/)
  expect(await stage.act("leaveChat", { as: grace.id, chat })).toMatchObject({ ok: true })
  expect((await stage.act("leaveChat", { as: grace.id, chat })).error).toMatch(/not in this chat/)
  expect((await stage.act("joinChat", { chat: stage.chat })).error).toMatch(/private/)
  expect((await stage.act("createGroup", { title: "x", kind: "x", members: [] })).ok).toBe(false)
})

test("only the addressed people see a selective keyboard", async () => {
  await using stage = await open()
  const { telegram, bot, ada } = stage
  const grace = telegram.user({ first_name: "Grace", username: "grace" })
  const group = telegram.group({ title: "G" }, ada, grace, bot)
  const reply_markup = { keyboard: [["Yes"]], selective: true }
  const said = { chat_id: group.id, text: "@grace?", reply_markup }
  await call(telegram, bot.token, "sendMessage", said)
  await using events = await EventReader.connect(stage.root)
  const { people } = await events.kind("snapshot")
  const shown = people.map(({ keyboards }) => Object.keys(keyboards))
  expect(shown).toEqual([[], [String(group.id)]])
})

test("a failing webhook is shown with every attempt, its error and the time of the next attempt", async () => {
  let isBroken = true
  const server = createServer((_, response) => response.writeHead(isBroken ? 500 : 200).end())
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  await using stage = await open({ local: true })
  await using events = await EventReader.connect(stage.root)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  await call(stage.telegram, stage.bot.token, "setWebhook", { url })
  await stage.ada.send(stage.bot, "x")
  const waits = await events.until(
    (event) =>
      event.kind === "update" && event.update.nextAt !== undefined && retries(event.update),
  )
  expect(waits).toMatchObject({
    update: {
      state: "retrying",
      attempts: [
        { status: 500, error: expect.stringContaining("500 Internal Server Error") },
        { status: 500 },
      ],
    },
  })
  isBroken = false
  await events.until((event) => event.kind === "update" && event.update.state === "delivered")
  await events.until(
    (event) =>
      event.kind === "receiving" && /500/.test(String(event.receiving.info["last_error_message"])),
  )
  server.close()
  server.closeAllConnections()
})

test("a polled update is shown as fetched, then as confirmed", async () => {
  await using stage = await open()
  await using events = await EventReader.connect(stage.root)
  await stage.ada.send(stage.bot, "x")
  const { result } = await call(stage.telegram, stage.bot.token, "getUpdates")
  await events.until((event) => event.kind === "update" && event.update.state === "given")
  const [update] = result as { update_id: number }[]
  await call(stage.telegram, stage.bot.token, "getUpdates", { offset: update!.update_id + 1 })
  await events.until((event) => event.kind === "update" && event.update.state === "confirmed")
})

test("faults planned on the page affect the bot's next calls", async () => {
  await using stage = await open()
  await stage.act("fault", { fault: "429", times: 1, method: "getMe" })
  expect(await call(stage.telegram, stage.bot.token, "getMe")).toMatchObject({ error_code: 429 })
  expect(await call(stage.telegram, stage.bot.token, "getMe")).toMatchObject({ ok: true })
  await stage.act("fault", { fault: "500", times: 9 })
  await stage.act("clearFaults", {})
  expect(await call(stage.telegram, stage.bot.token, "getMe")).toMatchObject({ ok: true })
})

test("the page can have an update delivered again, and another process poll", async () => {
  await using stage = await open()
  const { telegram, bot } = stage
  await stage.ada.send(bot, "x")
  const { result } = await call(telegram, bot.token, "getUpdates")
  const [{ update_id: update }] = result as [{ update_id: number }]
  await call(telegram, bot.token, "getUpdates", { offset: update + 1 })
  expect(await stage.act("redeliver", { bot: bot.id, update })).toMatchObject({ ok: true })
  expect(await stage.act("redeliver", { bot: bot.id, update: 1 })).toMatchObject({ ok: false })
  expect(await call(telegram, bot.token, "getUpdates")).toMatchObject({
    result: [{ update_id: update }],
  })
  const waiting = call(telegram, bot.token, "getUpdates", { offset: update + 1, timeout: 50 })
  while (!bot.isPolling) await new Promise((resolve) => void setImmediate(resolve))
  expect(await stage.act("pollFromElsewhere", { bot: bot.id })).toMatchObject({ ok: true })
  expect(await waiting).toMatchObject({ error_code: 409 })
})

test("a file that a browser might execute is always served as a download", async () => {
  await using stage = await open()
  await using events = await EventReader.connect(stage.root)
  const document = Buffer.from("<script>alert(1)</script>").toString("base64")
  await stage.act("send", { document, file_name: "page.html" })
  const { message } = await events.kind("message")
  const file = await fetch(`${stage.root}/page/file?id=${message.document?.file_id}`)
  expect(file.headers.get("content-type")).toBe("application/octet-stream")
  expect(file.headers.get("content-disposition")).toBe("attachment")
  expect(await file.text()).toBe("<script>alert(1)</script>")
})

test("messages are returned in pages of a hundred, the newest first", async () => {
  await using stage = await open()
  for (let count = 1; count <= 250; count++) await stage.ada.send(stage.bot, `${count}`)
  const before = async (id?: number) => {
    const query = id === undefined ? "" : `&before=${id}`
    const response = await fetch(`${stage.root}/page/messages?chat=${stage.chat}${query}`)
    return (await response.json()) as PageMessages
  }
  const newest = await before()
  expect([newest.messages[0]?.text, newest.messages.at(-1)?.text]).toEqual(["151", "250"])
  expect(newest.more).toBe(true)
  const oldest = await before(newest.messages[0]!.message_id - 100)
  expect([oldest.messages.length, oldest.more]).toEqual([50, false])
})

test("bots see the people, groups and bots that are created on the page", async () => {
  await using stage = await open()
  const bot = (await stage.act("createBot", { first_name: "New" })) as { token?: string }
  expect(await call(stage.telegram, bot.token!, "getMe")).toMatchObject({
    result: { first_name: "New" },
  })
  const members = [stage.ada.id, stage.bot.id, 5]
  const { key } = (await stage.act("createGroup", { title: "G", members })) as { key?: string }
  expect(await stage.act("send", { chat: key, text: "/hello" })).toMatchObject({ ok: true })
  const { result } = await call(stage.telegram, stage.bot.token, "getUpdates")
  expect(result).toMatchObject([
    { my_chat_member: { chat: { title: "G" } } },
    { message: { text: "/hello" } },
  ])
})

test("a bot that is blocked on the page is told, and can be unblocked", async () => {
  await using stage = await open()
  await using events = await EventReader.connect(stage.root)
  await stage.act("block", { bot: stage.bot.id })
  expect(await events.kind("person")).toMatchObject({ person: { blocked: [stage.bot.id] } })
  const say = () =>
    call(stage.telegram, stage.bot.token, "sendMessage", { chat_id: stage.ada.id, text: "x" })
  expect(await say()).toMatchObject({ error_code: 403 })
  await stage.act("block", { bot: stage.bot.id })
  expect(await say()).toMatchObject({ ok: true })
})

function textsOf(reader: EventReader): string[] {
  return reader.events.flatMap((event) =>
    event.kind === "message" ? [event.message.text ?? ""] : [],
  )
}

function retries({ attemptCount }: PageUpdate): boolean {
  return attemptCount === 2
}
