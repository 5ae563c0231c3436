import { createServer, type Server } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import type { Simulator, SimulatedBot } from "../../src/index.js"
import { call } from "../conformance-stage.js"
import { violations } from "./browser.js"
import { begin, expectText, openerInChromium, png } from "./browser-stage.js"

const open = openerInChromium()

test("a person starts the bot, presses a button and sees the edit", async () => {
  await using stage = await open()
  const { page } = stage
  await page.getByRole("button", { name: /Demo.*press to begin/ }).click()
  await page.getByRole("button", { name: "Start" }).click()
  await expectText(page, "Hello, Ada!")
  await page.getByRole("button", { name: "Count" }).click()
  await expectText(page, "Counted 1")
  await expectText(page, "That makes 1", ".notices")
  await page.getByText("edited").waitFor()
  expect(stage.complaints).toEqual([])
})

test("a person writes using only the keyboard", async () => {
  await using stage = await open()
  const { page } = stage
  await begin(page)
  const field = page.getByRole("textbox", { name: "Message" })
  await field.focus()
  await page.keyboard.type("one")
  await page.keyboard.press("Shift+Enter")
  await page.keyboard.type("two")
  await page.keyboard.press("Enter")
  await expectText(page, "You said: one\ntwo")
  await expect.poll(() => field.inputValue()).toBe("")
  await field.focus()
  await page.keyboard.type("/co")
  await page.getByRole("list", { name: "Commands" }).getByRole("button").waitFor()
  await page.keyboard.press("Shift+Tab")
  await page.keyboard.press("Shift+Tab")
  await page.keyboard.press("Enter")
  await page.getByRole("button", { name: "Count" }).nth(1).waitFor()
})

test("the page shows the typing status of a bot and its keyboard, and sends the pressed button", async () => {
  await using stage = await open()
  const { page, telegram, bot } = stage
  await begin(page)
  const chat_id = stage.ada.id
  await call(telegram, bot.token, "sendChatAction", { chat_id, action: "typing" })
  await expectText(page, "typing…", ".chat-title")
  const reply_markup = { keyboard: [["Left", "Right"]], resize_keyboard: true }
  await call(telegram, bot.token, "sendMessage", { chat_id, text: "Which way?", reply_markup })
  await page.getByRole("button", { name: "Right" }).click()
  await expectText(page, "You said: Right")
  await expect.poll(() => page.locator(".chat-title").first().innerText()).not.toContain("typing")
  const remove = { remove_keyboard: true }
  await call(telegram, bot.token, "sendMessage", { chat_id, text: "Gone", reply_markup: remove })
  await expect.poll(() => page.getByRole("button", { name: "Right" }).count()).toBe(0)
})

test("a person types @bot and a query, and sends a result using only the keyboard", async () => {
  await using stage = await open()
  const { page, telegram } = stage
  await begin(page)
  const finder = telegram.bot({ username: "find_bot", supports_inline_queries: true })
  const finding = find(telegram, finder)
  await page.getByRole("textbox", { name: "Message" }).focus()
  await page.keyboard.type("@find_bot cats")
  const results = page.getByRole("list", { name: "Results" })
  await results.getByRole("button", { name: /All about cats/ }).waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("Shift+Tab")
  await page.keyboard.press("Shift+Tab")
  await page.keyboard.press("Enter")
  await expectText(page, "Cats are fine")
  await expectText(page, "via @find_bot")
  expect(await results.count()).toBe(0)
  await finding
})

test("a person votes, reacts and deletes using only the keyboard", async () => {
  await using stage = await open()
  const { page, telegram, bot, ada } = stage
  await begin(page)
  const poll = { chat_id: ada.id, question: "<i>Tea</i>?", options: ["Yes", "No"] }
  await call(telegram, bot.token, "sendPoll", poll)
  await expectText(page, "<i>Tea</i>?")
  const article = page.getByRole("article").nth(2)
  await article.getByRole("button", { name: /^Yes/ }).focus()
  await page.keyboard.press("Enter")
  await article.getByRole("button", { name: "Yes 1" }).waitFor()
  await article.getByRole("button", { name: "More" }).focus()
  await page.keyboard.press("Enter")
  await page.getByRole("menuitem", { name: "React with 👍" }).focus()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("Enter")
  const reaction = article.getByRole("group", { name: "Reactions" }).getByRole("button")
  await reaction.waitFor()
  expect(await reaction.innerText()).toBe("👍 1")
  expect(await violations(page)).toEqual([])
  await page.reload()
  await reaction.waitFor()
  await reaction.focus()
  await page.keyboard.press("Enter")
  await expect.poll(() => reaction.count()).toBe(0)
  await article.getByRole("button", { name: "More" }).focus()
  await page.keyboard.press("Enter")
  await page.keyboard.press("ArrowUp")
  await page.keyboard.press("ArrowUp")
  await page.getByRole("menuitem", { name: "Delete" }).focus()
  await page.keyboard.press("Enter")
  await expect.poll(() => page.getByRole("article").count()).toBe(2)
  expect(stage.complaints).toEqual([])
})

test("a group is joined from the list, and left", async () => {
  await using stage = await open()
  const { page, telegram } = stage
  const grace = telegram.user({ first_name: "Grace" })
  telegram.supergroup({ title: "Readers" }, grace)
  await page.getByRole("button", { name: /Readers.*press to join/ }).click()
  await expectText(page, "Ada joined")
  expect(await violations(page)).toEqual([])
  await page.getByRole("button", { name: "Leave the chat" }).click()
  await page.getByRole("button", { name: /press to join/ }).waitFor()
})

test("a topic is created, written in and left using only the keyboard", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  const forum = telegram.supergroup({ title: "Harbour", is_forum: true }, ada, bot)
  await ada.promote(forum, bot)
  await ada.send(forum, "For everybody")
  await page.getByRole("button", { name: /Harbour/ }).click()
  await page.getByRole("button", { name: "New topic" }).focus()
  await page.keyboard.press("Enter")
  await page.getByRole("dialog").waitFor()
  await page.keyboard.type("News")
  await page.keyboard.press("Enter")
  const topics = page.getByRole("navigation", { name: "Topics" })
  await expect.poll(() => topics.locator("[aria-current]").innerText()).toContain("News")
  await page.getByRole("textbox", { name: "Message" }).focus()
  await page.keyboard.type("Only here")
  await page.keyboard.press("Enter")
  await expectText(page, "Only here")
  expect(await page.locator(".messages").innerText()).not.toContain("For everybody")
  await page.keyboard.type("a draft")
  expect(await violations(page)).toEqual([])
  const { result } = await call(telegram, bot.token, "getUpdates", { timeout: 1 })
  expect((result as object[]).at(-1)).toMatchObject({
    message: { text: "Only here", is_topic_message: true },
  })
  await page.reload()
  await expectText(page, "Only here")
  expect(await page.locator(".messages").innerText()).not.toContain("For everybody")
  await topics.getByRole("button", { name: "All" }).focus()
  await page.keyboard.press("Enter")
  await expectText(page, "For everybody")
  await expectText(page, "News")
  expect(await violations(page)).toEqual([])
  expect(stage.complaints).toEqual([])
})

test("an ordinary member can write neither in a closed topic nor in a channel", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada } = stage
  const grace = telegram.user({ first_name: "Grace" })
  const forum = telegram.supergroup({ title: "Harbour", is_forum: true }, grace, ada)
  const topic = await grace.createTopic(forum, "Old news")
  await grace.closeTopic(forum, topic.id)
  const channel = telegram.channel({ title: "Signals" }, grace, ada)
  await grace.send(channel, "High water at noon")
  await page.getByRole("button", { name: /Harbour/ }).click()
  await page.getByRole("textbox", { name: "Message" }).waitFor()
  await page
    .getByRole("button", { name: /^Old news/ })
    .first()
    .click()
  await page.getByText("The topic “Old news” is closed").waitFor()
  expect(await page.getByRole("button", { name: "New topic" }).count()).toBe(0)
  await page.getByRole("button", { name: /Signals/ }).click()
  await page.getByText("Only administrators can write in this channel").waitFor()
  expect(await violations(page)).toEqual([])
})

test("a chat opens at its end, whatever its messages, and stays there", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada, bot } = stage
  await ada.send(bot, "/start")
  for (let count = 0; count < 60; count++) {
    const text = `${count}: ${"a long message ".repeat(count % 40)}`
    await call(telegram, bot.token, "sendMessage", { chat_id: ada.id, text })
  }
  await page.getByRole("button", { name: /Demo/ }).click()
  const fromEnd =
    "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)" +
    '(document.querySelector(".message-list"))'
  await expectText(page, "59: ")
  await expect.poll(() => page.evaluate(fromEnd)).toBeLessThan(2)
  await ada.send(bot, "One more\n".repeat(20))
  await expectText(page, "One more")
  await expect.poll(() => page.evaluate(fromEnd)).toBeLessThan(2)
})

test("a poll is created, pinned and found again using only the keyboard", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada } = stage
  const group = telegram.group({ title: "Crew" }, ada)
  await page.getByRole("button", { name: /Crew/ }).click()
  await page.getByLabel("Attach").focus()
  await page.keyboard.press("Enter")
  await page.getByRole("button", { name: "Poll" }).focus()
  await page.keyboard.press("Enter")
  await page.getByRole("dialog").waitFor()
  await page.keyboard.type("Where to?")
  await page.keyboard.press("Tab")
  await page.keyboard.type("North\nSouth")
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("Tab")
  await page.keyboard.press("Tab")
  await page.keyboard.press("Enter")
  await expectText(page, "Where to?")
  await page.getByRole("article").getByRole("button", { name: "More" }).focus()
  await page.keyboard.press("Enter")
  await page.getByRole("menuitem", { name: "Pin" }).focus()
  await page.keyboard.press("Enter")
  const bar = page.getByRole("button", { name: /Pinned message/ })
  await bar.waitFor()
  for (let count = 0; count < 50; count++) await ada.send(group, `line ${count}`)
  await expectText(page, "line 49")
  await bar.focus()
  await page.keyboard.press("Enter")
  const seen = "(({ top }) => top > 0 && top < innerHeight)"
  const first = 'document.querySelector("article").getBoundingClientRect()'
  await expect.poll(() => page.evaluate(`${seen}(${first})`)).toBe(true)
  expect(await violations(page)).toEqual([])
  expect(stage.complaints).toEqual([])
})

test("a photo is sent and shown", async () => {
  await using stage = await open()
  const { page } = stage
  await begin(page)
  await page.getByLabel("Attach").click()
  const files = { name: "dot.png", mimeType: "image/png", buffer: png }
  await page.getByLabel("Photo or video").setInputFiles(files)
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click()
  const picture = page.getByRole("img", { name: "Photo" })
  await picture.waitFor()
  await expect
    .poll(() => picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth))
    .toBe(1)
  await expectText(page, "A fine photo")
})

test("a failing webhook is explained, has a countdown, and is retried", async () => {
  await using hook = await brokenWebhook()
  await using stage = await open({ local: true, answers: false })
  const { page } = stage
  await call(stage.telegram, stage.bot.token, "setWebhook", { url: hook.url })
  await page.getByRole("button", { name: /press to begin/ }).click()
  await page.getByRole("button", { name: "Start" }).click()
  await expectText(page, "500 Internal Server Error", ".failure")
  await expectText(page, "The program at this path failed", ".failure")
  await page.getByText(/^Attempt \d/).waitFor()
  await page.locator(".countdown").waitFor()
  hook.repair()
  await page.getByText("delivered").waitFor({ timeout: 20_000 })
  await page.getByText(/^Last error: .*500/).waitFor()
})

test("a reload loses nothing", async () => {
  await using stage = await open()
  const { page } = stage
  await begin(page)
  const before = await page.locator(".messages").innerText()
  await page.getByText("confirmed").waitFor()
  const wire = await page.locator(".rows").innerText()
  await page.reload()
  await expectText(page, "Hello, Ada!")
  await expect.poll(() => page.locator(".messages").innerText()).toBe(before)
  expect(await page.locator(".rows").innerText()).toBe(wire)
})

test("hostile text is shown as text", async () => {
  await using stage = await open()
  const { page, telegram, bot } = stage
  await begin(page)
  const texts = [
    "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>",
    "\u202Egnp.exe\u200B\u200D\uFEFF reversed",
    "שלום עולם, مرحبا بالعالم",
    "W".repeat(4096),
    "👩‍👩‍👧‍👦".repeat(300),
    `Z${"\u0335\u0322\u0341".repeat(500)}`,
  ]
  const chat_id = stage.ada.id
  for (const text of texts) await call(telegram, bot.token, "sendMessage", { chat_id, text })
  await call(telegram, bot.token, "sendMessage", {
    chat_id,
    text: "a link",
    entities: [{ type: "text_link", offset: 0, length: 6, url: "javascript:alert(1)" }],
  })
  for (const text of texts) {
    // Telegram removes marks that reverse the direction of a text.
    const shown = text.replace("\u202E", "")
    await expect.poll(() => page.locator(".rich-text").allTextContents()).toContain(shown)
  }
  expect(await page.title()).toBe("Telegram on this machine")
  expect(await page.locator('a[href^="javascript:"]').count()).toBe(0)
  const overflow = "document.documentElement.scrollWidth > innerWidth"
  expect(await page.evaluate(overflow)).toBe(false)
  expect(stage.complaints).toEqual([])
})

test("hostile names are shown as text in every place", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada } = stage
  const name = "<img src=x onerror=\"document.title='hacked'\">\u202Egnp"
  const bot = telegram.bot({ first_name: name, username: "hostile_bot" })
  const grace = telegram.user({ first_name: name, last_name: name })
  const forum = telegram.supergroup({ title: name, is_forum: true }, ada, grace, bot)
  await ada.createTopic(forum, name)
  await ada.promote(forum, bot)
  await grace.send(forum, "Hello")
  const commands = [{ command: "x", description: name }]
  await call(telegram, bot.token, "setMyCommands", { commands })
  const game = { chat_id: forum.id, question: name, options: [name, "b"] }
  await call(telegram, bot.token, "sendPoll", game)
  await page.locator(".chat-row").first().waitFor()
  await page
    .getByRole("button", { name: /onerror/ })
    .first()
    .click()
  await expectText(page, "Hello")
  await page.getByRole("textbox", { name: "Message" }).fill("/")
  await page.getByRole("list", { name: "Commands" }).getByRole("button").waitFor()
  await expect.poll(() => page.locator(".topic-bar").innerText()).toContain(name)
  await expect.poll(() => page.locator(".chat-title").first().innerText()).toContain(name)
  expect(await page.locator("img").count()).toBe(0)
  expect(await page.title()).toBe("Telegram on this machine")
  expect(await violations(page)).toEqual([])
  expect(stage.complaints).toEqual([])
})

test("the token of a bot created on the page is shown, and its alerts can be dismissed", async () => {
  await using stage = await open()
  const { page } = stage
  await page.getByRole("button", { name: "New bot" }).click()
  await page.getByLabel("Name", { exact: true }).fill("Fresh")
  await page.getByRole("button", { name: "Create" }).click()
  const token = await page.getByLabel("Token", { exact: true }).inputValue()
  expect(await call(stage.telegram, token, "getMe")).toMatchObject({
    result: { first_name: "Fresh" },
  })
  await page.keyboard.press("Escape")
  await begin(page)
  await page.getByRole("button", { name: "Alert" }).click()
  await page.getByRole("dialog").getByText("Mind the gap").waitFor()
  await page.getByRole("button", { name: "OK" }).click()
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0)
})

test("a person created on the page writes under that name; a message is edited and answered", async () => {
  await using stage = await open()
  const { page } = stage
  await page.getByRole("button", { name: "New person" }).click()
  await page.getByLabel("First name").fill("Grace")
  await page.getByRole("button", { name: "Create" }).click()
  await page.getByRole("button", { name: /Demo.*press to begin/ }).click()
  await page.getByRole("button", { name: "Start" }).click()
  await expectText(page, "Hello, Grace!")
  await page.getByRole("article").first().hover()
  await page.getByRole("button", { name: "More" }).first().click()
  await page.getByRole("menuitem", { name: "Edit" }).click()
  await page.getByRole("textbox", { name: "Message" }).fill("changed")
  await page.keyboard.press("Enter")
  await expectText(page, "changed")
  await page.getByRole("article").nth(1).hover()
  await page.getByRole("button", { name: "Reply" }).nth(1).click()
  await page.getByRole("textbox", { name: "Message" }).fill("an answer")
  await page.keyboard.press("Enter")
  await expectText(page, "You said: an answer")
  expect(await page.locator(".quote-text").first().innerText()).toBe("Hello, Grace!")
})

test.each(["light", "dark"] as const)(
  "axe finds nothing wrong with the page in its %s theme",
  async (colorScheme) => {
    await using hook = await brokenWebhook()
    await using stage = await open({ colorScheme, local: true })
    const { page, telegram, bot, ada } = stage
    expect(await violations(page)).toEqual([])
    await begin(page)
    await page.getByRole("button", { name: "Count" }).click()
    await showEverything(stage)
    await call(telegram, bot.token, "setWebhook", { url: hook.url })
    await ada.send(bot, "It fails")
    await page.locator(".failure").waitFor()
    await page.locator(".row summary").first().click()
    expect(await violations(page)).toEqual([])
    for (const tab of ["Calls", "Faults"]) {
      await page.getByRole("tab", { name: tab }).click()
      expect(await violations(page)).toEqual([])
    }
    await page.getByRole("button", { name: "New group" }).click()
    expect(await violations(page)).toEqual([])
  },
  120_000,
)

test("a narrow screen shows one pane at a time", async () => {
  await using stage = await open({ width: 400 })
  const { page } = stage
  await begin(page)
  expect(await page.getByRole("navigation", { name: "Chats" }).isVisible()).toBe(false)
  await page.getByRole("button", { name: "Back to the chats" }).click()
  await page.getByRole("navigation", { name: "Chats" }).waitFor()
  expect(await violations(page)).toEqual([])
})

async function showEverything({ telegram, bot, ada }: Awaited<ReturnType<typeof open>>) {
  const chat_id = ada.id
  const html =
    "<b>bold</b> <i>italic</i> <u>under</u> <s>struck</s> <code>code</code> " +
    '<a href="https://example.com">link</a> <tg-spoiler>hidden</tg-spoiler>\n' +
    '<pre><code class="language-ts">const a = 1</code></pre><blockquote>quoted</blockquote>'
  const say = (params: object) =>
    call(telegram, bot.token, "sendMessage", { chat_id, parse_mode: "HTML", ...params })
  await say({ text: html })
  await say({ text: "keys", reply_markup: { keyboard: [["Yes", "No"]] } })
  await ada.send(bot, { document: new Uint8Array([1, 2, 3]), file_name: "notes.txt" })
  await ada.send(bot, { message: { contact: { phone_number: "1", first_name: "Bob" } } })
  const poll = { chat_id, question: "Which?", options: ["A", "B"] }
  const { result } = await call(telegram, bot.token, "sendPoll", poll)
  const { message_id } = result as { message_id: number }
  const reaction = [{ type: "emoji", emoji: "👍" }]
  await call(telegram, bot.token, "setMessageReaction", { chat_id, message_id, reaction })
  await ada.send(bot, { message: { location: { latitude: 1, longitude: 2 } } })
}

/** Answers one inline query. */
async function find(telegram: Simulator, { token }: SimulatedBot): Promise<void> {
  const { result } = await call(telegram, token, "getUpdates", { timeout: 50 })
  const [{ inline_query: query }] = result as [{ inline_query: { id: string; query: string } }]
  const input_message_content = { message_text: "Cats are fine" }
  const found = { type: "article", id: "1", title: `All about ${query.query}` }
  const results = [{ ...found, input_message_content }]
  await call(telegram, token, "answerInlineQuery", { inline_query_id: query.id, results })
}

/** A webhook that answers 500 until it is repaired. */
async function brokenWebhook() {
  let status = 500
  const server: Server = createServer((_, response) => response.writeHead(status).end())
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    repair: () => void (status = 200),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
