import { expect, test } from "vitest"
import { MovableClock, Simulator } from "../src/index.js"
import { call, type Answer } from "./conformance-stage.js"

async function meet() {
  const telegram = await Simulator.start({ seed: 5 })
  const bot = telegram.bot({ username: "people_bot" })
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(bot, "/start")
  const ask = (method: string, params: object): Promise<Answer> =>
    call(telegram, bot.token, method, params)
  return {
    telegram,
    bot,
    ada,
    ask,
    [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose](),
  }
}

const keyboard = { inline_keyboard: [[{ text: "Yes", callback_data: "y" }]] }

test("a press becomes a callback query, and its answer reaches the person", async () => {
  await using world = await meet()
  const { ada, bot, ask } = world
  await ask("sendMessage", { chat_id: ada.id, text: "Sure?", reply_markup: keyboard })
  const message = await ada.hears()
  expect(message.reply_markup).toEqual(keyboard)
  const press = await ada.press(message, "Yes")
  const { result } = await ask("getUpdates", { offset: -1 })
  expect(result).toMatchObject([
    {
      callback_query: { id: press.id, data: "y", from: { id: ada.id }, message: { text: "Sure?" } },
    },
  ])
  await ask("answerCallbackQuery", { callback_query_id: press.id, text: "Good", show_alert: true })
  expect(await press.answered).toEqual({ text: "Good", showAlert: true })
  expect(await ask("answerCallbackQuery", { callback_query_id: press.id })).toMatchObject({
    description:
      "Bad Request: query is too old and response timeout expired or query ID is invalid",
  })
  await expect(ada.press(message, "No")).rejects.toThrow('the message has "Yes"')
  expect(bot.pendingUpdateCount).toBe(1)
})

test("an edit is seen; the same text again is refused", async () => {
  await using world = await meet()
  const { ada, ask } = world
  await ask("sendMessage", { chat_id: ada.id, text: "1", reply_markup: keyboard })
  const { message_id } = await ada.hears()
  const edit = { chat_id: ada.id, message_id, text: "2" }
  expect((await ask("editMessageText", edit)).ok).toBe(true)
  const seen = await ada.seesEdit()
  expect(seen).toMatchObject({ text: "2", message_id })
  expect(seen).not.toHaveProperty("reply_markup")
  expect((await ask("editMessageText", edit)).description).toMatch(/^Bad Request: message is not m/)
  expect((await ask("editMessageText", { ...edit, message_id: 999 })).description).toBe(
    "Bad Request: message to edit not found",
  )
  expect((await ask("deleteMessage", edit)).result).toBe(true)
  expect((await ask("deleteMessage", edit)).description).toBe(
    "Bad Request: message to delete not found",
  )
})

test.each([
  [{ text: "hi" }, "Bad Request: chat_id is empty"],
  [{ chat_id: 12_345, text: "hi" }, "Bad Request: chat not found"],
  [{ chat_id: "ADA" }, "Bad Request: message text is empty"],
  [{ chat_id: "ADA", text: "  \n " }, "Bad Request: text must be non-empty"],
  [{ chat_id: "ADA", text: "x".repeat(4097) }, "Bad Request: message is too long"],
  [
    { chat_id: "ADA", text: "x", reply_parameters: { message_id: 77 } },
    "Bad Request: message to be replied not found",
  ],
  [{ chat_id: "ADA", text: "x", parse_mode: "Latin" }, "Bad Request: unsupported parse_mode"],
  [
    { chat_id: "ADA", text: "x", reply_markup: { inline_keyboard: [[{ text: "a" }]] } },
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  ],
  [
    { chat_id: "ADA", text: "x", reply_markup: keyboardWith("d".repeat(65)) },
    "Bad Request: BUTTON_DATA_INVALID",
  ],
])("sendMessage with %j is refused: %s", async (params, description) => {
  await using world = await meet()
  const chat = "chat_id" in params && params.chat_id === "ADA" ? { chat_id: world.ada.id } : {}
  expect(await world.ask("sendMessage", { ...params, ...chat })).toMatchObject({
    ok: false,
    error_code: 400,
    description,
  })
})

function keyboardWith(callback_data: string): object {
  return { inline_keyboard: [[{ text: "a", callback_data }]] }
}

test("4096 characters are enough room for as many emoji", async () => {
  await using world = await meet()
  const text = "😀".repeat(4096)
  expect((await world.ask("sendMessage", { chat_id: world.ada.id, text })).ok).toBe(true)
})

test("a blocked bot is told, and cannot write until it is unblocked", async () => {
  await using world = await meet()
  const { ada, bot, ask } = world
  ada.block(bot)
  expect((await ask("getUpdates", { offset: -1 })).result).toMatchObject([
    { my_chat_member: { new_chat_member: { status: "kicked" } } },
  ])
  expect(await ask("sendMessage", { chat_id: ada.id, text: "x" })).toEqual({
    ok: false,
    error_code: 403,
    description: "Forbidden: bot was blocked by the user",
  })
  await expect(ada.send(bot, "x")).rejects.toThrow("unblock it first")
  ada.unblock(bot)
  expect((await ask("sendMessage", { chat_id: ada.id, text: "x" })).ok).toBe(true)
})

test("in a group a bot with privacy mode gets commands, mentions and answers", async () => {
  await using world = await meet()
  const { ada, bot, telegram, ask } = world
  const group = telegram.group({ title: "Friends" }, ada, bot)
  await ask("sendMessage", { chat_id: group.id, text: "hello" })
  const hello = await ada.hears()
  const start = await ask("getUpdates", { offset: -1 })
  expect(start.result).toMatchObject([{ my_chat_member: { chat: { title: "Friends" } } }])
  await ada.send(group, "just talking")
  await ada.send(group, "/help")
  await ada.send(group, "/help@other_bot")
  await ada.send(group, "what do you say, @people_bot?")
  await ada.send(group, { message: { text: "an answer", reply_to_message: hello as never } })
  const { result } = await ask("getUpdates", { offset: 0, limit: 50 })
  const texts = (result as { message?: { text: string } }[]).map(({ message }) => message?.text)
  expect(texts).toEqual([undefined, "/help", "what do you say, @people_bot?", "an answer"])
})

test("a file goes up with sendDocument and comes down again", async () => {
  await using world = await meet()
  const { ada, bot, telegram, ask } = world
  const form = new FormData()
  form.set("chat_id", String(ada.id))
  form.set("document", "attach://f")
  form.set("f", new Blob([new Uint8Array([1, 2, 255])], { type: "text/x" }), "a.bin")
  await fetch(`${telegram.apiRoot}/bot${bot.token}/sendDocument`, { method: "POST", body: form })
  const { document } = await ada.hears()
  expect(document).toMatchObject({ file_name: "a.bin", mime_type: "text/x", file_size: 3 })
  const { result } = await ask("getFile", { file_id: document?.file_id })
  const { file_path } = result as { file_path: string }
  const file = await fetch(`${telegram.apiRoot}/file/bot${bot.token}/${file_path}`)
  expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([1, 2, 255])
  expect((await fetch(`${telegram.apiRoot}/file/bot${bot.token}/no`)).status).toBe(404)
  expect((await ask("getFile", { file_id: "no" })).error_code).toBe(400)
})

test("a photo that a person sends can be sent back by its id, forwarded and copied", async () => {
  await using world = await meet()
  const { ada, bot, ask } = world
  const sent = await ada.send(bot, { photo: new Uint8Array([1]), caption: "look" })
  const photo = sent.photo?.[0]?.file_id
  await ask("sendPhoto", { chat_id: ada.id, photo, caption: "<b>back</b>", parse_mode: "HTML" })
  expect(await ada.hears()).toMatchObject({
    caption: "back",
    caption_entities: [{ type: "bold", offset: 0, length: 4 }],
  })
  const from = { chat_id: ada.id, from_chat_id: ada.id, message_id: sent.message_id }
  await ask("forwardMessage", from)
  expect(await ada.hears()).toMatchObject({
    caption: "look",
    forward_origin: { type: "user", sender_user: { id: ada.id } },
  })
  await ask("copyMessage", from)
  expect(await ada.hears()).not.toHaveProperty("forward_origin")
})

test("the menu of commands is stored by scope and language", async () => {
  await using world = await meet()
  const commands = [{ command: "start", description: "Begin" }]
  expect((await world.ask("setMyCommands", { commands })).result).toBe(true)
  expect((await world.ask("getMyCommands", {})).result).toEqual(commands)
  expect((await world.ask("getMyCommands", { language_code: "de" })).result).toEqual([])
  const wrong = { commands: [{ command: "Größe", description: "x" }] }
  expect((await world.ask("setMyCommands", wrong)).description).toMatch(/BOT_COMMAND_INVALID/)
})

test("a known but unsupported method is refused by its name, an unknown one is not found", async () => {
  await using world = await meet()
  expect(await world.ask("setPASSPORTDataErrors", {})).toEqual({
    ok: false,
    error_code: 400,
    description: "Bad Request: the simulator does not support setPassportDataErrors",
  })
  expect(await world.ask("sendNothing", {})).toEqual({
    ok: false,
    error_code: 404,
    description: "Not Found: method not found",
  })
})

test("`hears` rejects after its time-out", async () => {
  await using world = await meet()
  await expect(world.ada.hears({ timeoutMs: 20 })).rejects.toThrow(
    "Ada expected to hear a message within 20 ms, but none came",
  )
})

test("the stack of a failed wait begins at the line of the test", async () => {
  const world = await meet()
  const { ada, telegram } = world
  const timedOut = [
    ada.hears({ timeoutMs: 20 }),
    ada.seesEdit({ timeoutMs: 20 }),
    ada.seesDraft({ timeoutMs: 20 }),
    telegram.calls.wait(() => false, 1, { timeoutMs: 20 }),
  ]
  const [first = "", ...more] = await Promise.all(timedOut.map((wait) => innermost(wait)))
  expect(first).toContain("people.test.ts")
  expect(new Set([first, ...more]).size).toBe(4)
  const closed = innermost(ada.hears())
  await world[Symbol.asyncDispose]()
  expect(await closed).toContain("people.test.ts")
  expect(await innermost(ada.hears())).toContain("people.test.ts")
})

/** Returns the innermost frame of the error with which a wait rejects. */
async function innermost(wait: Promise<unknown>): Promise<string | undefined> {
  const error = await wait.catch((reason: unknown) => reason)
  return error instanceof Error ? error.stack?.split("\n")[1] : undefined
}

test("closing the simulator ends a waiting `hears`", async () => {
  const world = await meet()
  const heard = expect(world.ada.hears()).rejects.toThrow("The simulator was closed")
  await world[Symbol.asyncDispose]()
  await heard
})

test("a slow answer is correct, and late by the simulator's clock", async () => {
  const clock = new MovableClock()
  await using telegram = await Simulator.start({ clock })
  const bot = telegram.bot({ username: "slow_bot" })
  telegram.fault("getMe", { slowMs: 60_000 })
  let isAnswered = false
  const answer = fetch(`${telegram.apiRoot}/bot${bot.token}/getMe`).then((response) => {
    isAnswered = true
    return response.json()
  })
  await telegram.calls.wait(({ method }) => method === "getMe")
  await clock.advance(59_000)
  expect(isAnswered).toBe(false)
  await clock.advance(1_000)
  expect(await answer).toMatchObject({ ok: true, result: { username: "slow_bot" } })
})

test("faults affect the next calls of their method, and no others", async () => {
  await using world = await meet()
  const { telegram, bot, ask } = world
  telegram.fault("getUpdates", { retryAfter: 7 }, 2)
  telegram.fault("*", { html: 502 })
  const url = `${telegram.apiRoot}/bot${bot.token}`
  const limited = await fetch(`${url}/getUpdates`)
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"])
  expect(await limited.json()).toMatchObject({ parameters: { retry_after: 7 } })
  expect((await ask("getUpdates", {})).error_code).toBe(429)
  const html = await fetch(`${url}/getMe`)
  expect([html.status, html.headers.get("content-type")]).toEqual([502, "text/html"])
  telegram.fault("getMe", "cut")
  await expect(fetch(`${url}/getMe`).then((cut) => cut.text())).rejects.toThrow("terminated")
  telegram.fault("getMe", "refuse")
  await expect(fetch(`${url}/getMe`)).rejects.toThrow("fetch failed")
  telegram.fault("getMe", { status: 500 })
  expect(await ask("getMe", {})).toEqual({
    ok: false,
    error_code: 500,
    description: "Internal Server Error",
  })
  expect((await ask("getMe", {})).ok).toBe(true)
  telegram.fault("getMe", { status: 500 })
  telegram.clearFaults()
  expect((await ask("getMe", {})).ok).toBe(true)
})
