import { once } from "node:events"
import { createServer } from "node:http"
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { MovableClock, Simulator, type SimulatorOptions } from "../../src/index.js"
import { call } from "../conformance-stage.js"

let folder: string
let state: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-state-"))
  state = join(folder, "world.json")
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const start = (options: SimulatorOptions = {}) => Simulator.start({ state, ...options })

test.runIf(process.platform === "linux")("a folder that cannot be made is an error", async () => {
  await expect(start({ state: "/proc/none/below/world.json" })).rejects.toThrow(
    "The state cannot be kept in /proc/none/below/world.json: name another file",
  )
})

test("a missing file starts an empty world", async () => {
  await using telegram = await start()
  expect([telegram.users, telegram.bots]).toEqual([[], []])
})

test("names, descriptions, commands and menu buttons of a bot are restored", async () => {
  const games = [{ short_name: "chess", title: "Chess", description: "For two" }]
  const first = await start()
  const bot = first.bot({ username: "kept_bot", games, inline_feedback: true })
  const ada = first.user({ first_name: "Ada" })
  await ada.send(bot, "/start")
  const menu_button = { type: "web_app", text: "App", web_app: { url: "https://example.com" } }
  const said: readonly [string, object][] = [
    ["setMyName", { name: "Tea", language_code: "de" }],
    ["setMyDescription", { description: "Hot" }],
    ["setMyShortDescription", { short_description: "Tea" }],
    ["setMyCommands", { commands: [{ command: "tea", description: "Tea" }] }],
    ["setChatMenuButton", { chat_id: ada.id, menu_button }],
    ["setChatMenuButton", { menu_button: { type: "commands" } }],
  ]
  for (const [method, params] of said) {
    expect(await call(first, bot.token, method, params)).toMatchObject({ ok: true })
  }
  const all = async (telegram: Simulator) => {
    const asked: readonly [string, object][] = [
      ["getMyName", { language_code: "de" }],
      ["getMyDescription", {}],
      ["getMyShortDescription", {}],
      ["getMyCommands", {}],
      ["getChatMenuButton", { chat_id: ada.id }],
      ["getChatMenuButton", {}],
    ]
    const answers = asked.map(([method, params]) => call(telegram, bot.token, method, params))
    return (await Promise.all(answers)).map(({ result }) => result)
  }
  const before = await all(first)
  expect(before[0]).toEqual({ name: "Tea" })
  await first[Symbol.asyncDispose]()
  await using second = await start()
  expect(await all(second)).toEqual(before)
  const chess = { chat_id: ada.id, game_short_name: "chess" }
  expect(await call(second, bot.token, "sendGame", chess)).toMatchObject({ ok: true })
})

test("business accounts and their chats are restored", async () => {
  const first = await start()
  const bot = first.bot({ username: "kept_bot", can_connect_to_business: true })
  const ada = first.user({ first_name: "Ada" })
  const { id } = await ada.connect(bot)
  const bob = first.user({ first_name: "Bob" })
  const { message_id } = await bob.send(ada, "Hello")
  await first[Symbol.asyncDispose]()
  await using second = await start()
  const answer = { business_connection_id: id, chat_id: bob.id, text: "Hi" }
  const reply_parameters = { message_id }
  expect(
    await call(second, bot.token, "sendMessage", { ...answer, reply_parameters }),
  ).toMatchObject({
    result: { message_id: message_id + 1, reply_to_message: { text: "Hello" } },
  })
})

test("polls with their votes, and reactions, are restored", async () => {
  const first = await start()
  const bot = first.bot({ username: "kept_bot" })
  const ada = first.user({ first_name: "Ada" })
  await ada.send(bot, "/start")
  const poll = { chat_id: ada.id, question: "?", options: ["A", "B"], is_anonymous: false }
  const sent = await call(first, bot.token, "sendPoll", { ...poll, open_period: 600 })
  const { message_id } = sent.result as { message_id: number }
  const asked = await ada.hears()
  await ada.vote(asked, "B")
  await ada.react(asked, "🔥")
  await first[Symbol.asyncDispose]()

  const clock = new MovableClock()
  await using second = await start({ clock })
  const [again] = second.users
  expect((await again!.vote(asked, "A")).options).toMatchObject([
    { voter_count: 1 },
    { voter_count: 0 },
  ])
  await again!.react(asked)
  const { result } = await call(second, bot.token, "getUpdates", {
    allowed_updates: ["poll_answer", "message_reaction"],
  })
  const answers = (result as { poll_answer?: object }[]).filter((each) => "poll_answer" in each)
  expect(answers).toMatchObject([
    { poll_answer: { option_ids: [1] } },
    { poll_answer: { option_ids: [0] } },
  ])
  const saved = JSON.parse(await readFile(state, "utf8")) as { chats: object[] }
  expect(saved.chats).toMatchObject([
    {
      reactions: [[message_id, [[ada.id, [{ type: "emoji", emoji: "🔥" }]]]]],
      polls: [{ bot: bot.id, votes: [[ada.id, [1]]] }],
    },
  ])
  await clock.advance(600_000)
  await expect(again!.vote(asked, "B")).rejects.toThrow(/closed/)
})

test("topics, sticker sets and games are restored", async () => {
  const first = await start()
  const chess = { short_name: "chess", title: "Chess", description: "Two players" }
  const bot = first.bot({ username: "kept_bot", games: [chess] })
  const ada = first.user({ first_name: "Ada" })
  const forum = first.supergroup({ title: "F", is_forum: true }, ada, bot)
  await ada.promote(forum, bot)
  const topic = await ada.createTopic(forum, "News")
  await call(first, bot.token, "editGeneralForumTopic", { chat_id: forum.id, name: "Lobby" })
  await ada.send(bot, { sticker: new Uint8Array([1]) })
  const received = await call(first, bot.token, "getUpdates")
  const sticker = (received.result as { message?: { sticker?: { file_id: string } } }[]).at(-1)!
    .message!.sticker!.file_id
  const set = { user_id: ada.id, name: "s_by_kept_bot", title: "S" }
  const stickers = [{ sticker, format: "static", emoji_list: ["🐱"] }]
  await call(first, bot.token, "createNewStickerSet", { ...set, stickers })
  const game = { chat_id: ada.id, game_short_name: "chess" }
  const sent = await call(first, bot.token, "sendGame", game)
  const { message_id } = sent.result as { message_id: number }
  const scored = { chat_id: ada.id, message_id, user_id: ada.id, score: 3 }
  await call(first, bot.token, "setGameScore", scored)
  await first[Symbol.asyncDispose]()

  await using second = await start()
  const ask = (method: string, params: object) => call(second, bot.token, method, params)
  const there = { chat_id: forum.id, message_thread_id: topic.id }
  expect(await ask("sendMessage", { ...there, text: "x" })).toMatchObject({ ok: true })
  expect(await ask("editGeneralForumTopic", { chat_id: forum.id, name: "Lobby" })).toMatchObject({
    description: "Bad Request: TOPIC_NOT_MODIFIED",
  })
  expect(await ask("getStickerSet", { name: set.name })).toMatchObject({
    result: { title: "S", stickers: [{ file_id: sticker, set_name: set.name }] },
  })
  expect(await ask("sendGame", game)).toMatchObject({ ok: true })
  expect(await ask("getGameHighScores", scored)).toMatchObject({ result: [{ score: 3 }] })
})

test("people, bots, chats, messages, files and blocks are restored", async () => {
  const first = await start()
  const bot = first.bot({ username: "kept_bot", first_name: "Kept" })
  const ada = first.user({ first_name: "Ada" })
  const bob = first.user({ first_name: "Bob" })
  const group = first.group({ title: "Friends" }, ada, bob, bot)
  const sent = await ada.send(bot, { document: new Uint8Array([1, 2, 255]), file_name: "a.bin" })
  await ada.send(group, "/hello")
  bob.block(bot)
  await call(first, bot.token, "setMyCommands", {
    commands: [{ command: "go", description: "Go" }],
  })
  await first[Symbol.asyncDispose]()

  await using second = await start()
  expect(second.users.map(({ firstName, id }) => [firstName, id])).toEqual([
    ["Ada", ada.id],
    ["Bob", bob.id],
  ])
  const ask = (method: string, params: object) => call(second, bot.token, method, params)
  expect(await ask("getMe", {})).toMatchObject({ result: { username: "kept_bot" } })
  expect(await ask("getMyCommands", {})).toMatchObject({ result: [{ command: "go" }] })
  expect(await ask("getChat", { chat_id: group.id })).toMatchObject({
    result: { title: "Friends" },
  })
  expect(await ask("sendMessage", { chat_id: bob.id, text: "x" })).toMatchObject({
    error_code: 403,
  })
  const { result } = await ask("getFile", { file_id: sent.document?.file_id })
  const { file_path } = result as { file_path: string }
  const file = await fetch(`${second.apiRoot}/file/bot${bot.token}/${file_path}`)
  expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([1, 2, 255])
  const copy = { chat_id: ada.id, from_chat_id: ada.id, message_id: sent.message_id }
  const copied = await ask("copyMessage", copy)
  expect(copied.result).toMatchObject({
    message_id: expect.toSatisfy((id) => id > sent.message_id),
  })
})

test("waiting updates keep their ids, and new ones follow them", async () => {
  const first = await start()
  const bot = first.bot()
  const ada = first.user({ first_name: "Ada" })
  for (const text of ["one", "two", "three"]) await ada.send(bot, text)
  const before = await call(first, bot.token, "getUpdates")
  const ids = (before.result as { update_id: number }[]).map(({ update_id }) => update_id)
  await call(first, bot.token, "getUpdates", { offset: ids[1] })
  await first[Symbol.asyncDispose]()

  await using second = await start()
  await second.users[0]?.send(second.bots[0]!, "four")
  const after = await call(second, bot.token, "getUpdates")
  expect(after.result).toMatchObject([
    { update_id: ids[1], message: { text: "two" } },
    { update_id: ids[2], message: { text: "three" } },
    { update_id: ids[2]! + 1, message: { text: "four" } },
  ])
})

test("a webhook is set again, with its secret, and gets the waiting updates", async () => {
  const received: unknown[] = []
  let status = 500
  const server = createServer((request, response) => {
    if (status === 200) received.push(request.headers["x-telegram-bot-api-secret-token"])
    request.resume().on("end", () => response.writeHead(status).end())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const first = await start({ local: true })
  const bot = first.bot()
  const allowed_updates = ["message", "poll"]
  await call(first, bot.token, "setWebhook", { url, secret_token: "s", allowed_updates })
  await first.user().send(bot, "x")
  await first.deliveries.wait(({ outcome }) => outcome === "failed")
  await first[Symbol.asyncDispose]()

  status = 200
  await using second = await start({ local: true })
  await second.deliveries.wait(({ outcome }) => outcome === "delivered")
  expect(received).toEqual(["s"])
  expect(await call(second, bot.token, "getWebhookInfo")).toMatchObject({
    result: { url, allowed_updates, pending_update_count: 0 },
  })
  server.close()
  server.closeAllConnections()
})

test("people and groups created later get new ids", async () => {
  const first = await start()
  const ids = [first.user().id, first.group({ title: "a" }).id]
  await first[Symbol.asyncDispose]()
  await using second = await start()
  expect(ids).not.toContain(second.user().id)
  expect(ids).not.toContain(second.group({ title: "b" }).id)
  expect(second.users).toHaveLength(2)
})

test("the file is written soon after a change, atomically, and only its owner can read it", async () => {
  await using telegram = await start()
  telegram.user({ first_name: "Ada" })
  const saved = async () => JSON.parse(await readFile(state, "utf8")) as unknown
  const people = [{ user: { first_name: "Ada" } }]
  await expect.poll(saved).toMatchObject({ version: 2, people })
  await expect.poll(() => readdir(folder)).toEqual(["world.json"])
  expect((await stat(state)).mode & 0o077).toBe(0)
})

test.each(["", "{", "null", "[]", '{"version":1}', "\0"])(
  "a file that contains %j is refused and left unchanged",
  async (text) => {
    await writeFile(state, text)
    await expect(start()).rejects.toThrow("name another file, or delete it")
    expect(await readFile(state, "utf8")).toBe(text)
  },
)

test("a file that cannot be written is reported on closing", async () => {
  const telegram = await start()
  await rm(folder, { recursive: true })
  await expect(telegram[Symbol.asyncDispose]()).rejects.toThrow("ENOENT")
  await expect(fetch(telegram.apiRoot)).rejects.toThrow("fetch failed")
})

test("a missing folder is created at the start", async () => {
  const file = join(folder, "no", "such", "folder.json")
  await using _telegram = await Simulator.start({ state: file })
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ version: 2 })
})

test.each([
  ["a folder", "."],
  ["a file below a file", join("taken", "world.json")],
])("a start with %s for its file rejects with advice", async (_, path) => {
  await writeFile(join(folder, "taken"), "")
  const file = join(folder, path)
  await expect(Simulator.start({ state: file })).rejects.toThrow(
    `The state cannot be kept in ${file}: name another file`,
  )
})
