import type { Message, RichBlock, Update } from "@grammyjs/types"
import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"
import { htmlCases, markdownCases, type RichCase } from "../world/rich/rich-cases.js"

type RichMessage = Message.RichMessageMessage

/** Sends a rich message. Resolves with its blocks. */
async function blocksOf(world: Meeting, rich_message: object): Promise<readonly RichBlock[]> {
  const sent = await world.result<RichMessage>("sendRichMessage", {
    chat_id: world.ada.id,
    rich_message,
  })
  expect(await world.ada.hears()).toEqual(sent)
  return sent.rich_message.blocks
}

async function compare(cases: readonly RichCase[], wrap: (source: string) => object) {
  await using world = await Meeting.start()
  for (const [source, blocks] of cases) {
    expect(await blocksOf(world, wrap(source)), source).toEqual(blocks)
    // The blocks of a message can be sent again.
    expect(await blocksOf(world, { blocks, skip_entity_detection: true }), source).toEqual(blocks)
  }
}

test("a rich message in HTML is sent as blocks", () => compare(htmlCases, (html) => ({ html })))

test("a rich message in Markdown is sent as blocks", () =>
  compare(markdownCases, (markdown) => ({ markdown })))

test("media of a rich message are stored, from links and from the list of media", async () => {
  await using world = await Meeting.start()
  const photo = "https://example.com/a.jpg"
  const html =
    `<figure><img src="${photo}" tg-spoiler/><figcaption>Look</figcaption></figure>` +
    `<tg-collage><img src="tg://photo?id=x"/><video src="https://example.com/a.gif"></video></tg-collage>` +
    `<audio src="https://example.com/a.ogg"></audio>` +
    `<tg-document src="https://example.com/a.zip"></tg-document>`
  const media = [{ id: "x", media: { type: "photo", media: photo } }]
  const [shown, collage, voice, file] = await blocksOf(world, { html, media })
  expect(shown).toEqual({
    type: "photo",
    photo: expect.any(Array),
    has_spoiler: true,
    caption: { text: "Look" },
  })
  expect(collage).toMatchObject({ blocks: [{ type: "photo" }, { type: "animation" }] })
  expect(voice).toMatchObject({ type: "voice_note", voice_note: { file_id: expect.any(String) } })
  expect(file).toMatchObject({ type: "document", document: { file_name: "a.zip" } })
  const markdown = `![](${photo} "Look")\n\n![](tg://photo?id=x)\n\n![](https://example.com/a.mp3)`
  expect(await blocksOf(world, { markdown, media })).toMatchObject([
    { type: "photo", caption: { text: "Look" } },
    { type: "photo" },
    { type: "audio" },
  ])
  const missing = { html: '<img src="tg://photo?id=y"/>', media }
  const params = { chat_id: world.ada.id, rich_message: missing }
  expect(await world.refusal("sendRichMessage", params)).toMatch("can't find media")
})

test("links in a rich message are not detected with `skip_entity_detection`", async () => {
  await using world = await Meeting.start()
  const rich_message = { markdown: "@ada https://t.me", skip_entity_detection: true, is_rtl: true }
  const sent = await world.result("sendRichMessage", { chat_id: world.ada.id, rich_message })
  expect(sent).toMatchObject({
    rich_message: { blocks: [{ type: "paragraph", text: "@ada https://t.me" }], is_rtl: true },
  })
  expect(sent).not.toHaveProperty("text")
})

test("a mention by id is that of a known user, and of nobody else", async () => {
  await using world = await Meeting.start()
  const html = `<a href="tg://user?id=${world.ada.id}">a</a><a href="tg://user?id=1">b</a>`
  expect(await blocksOf(world, { html })).toMatchObject([
    { text: [{ type: "text_mention", user: { first_name: "Ada" } }, "b"] },
  ])
})

const nested = (depth: number): object =>
  depth === 0 ? { type: "divider" } : { type: "blockquote", blocks: [nested(depth - 1)] }
const bold = (depth: number): unknown =>
  depth === 0 ? "a" : { type: "bold", text: bold(depth - 1) }
const block = (given: object) => ({ blocks: [given] })
const row = (count: number) => ({
  type: "table",
  cells: [Array.from({ length: count }, () => ({ text: "a" }))],
})

const buttons = (button: object) => ({ type: "buttons", buttons: [button] })
const inButton = (text: unknown) => ({
  type: "paragraph",
  text: { type: "button", button: { text, callback_data: "x" } },
})

test.each([
  [{}, "exactly one of the fields"],
  [{ html: "a", markdown: "a" }, "exactly one of the fields"],
  [{ html: "<p> </p>" }, "message text is empty"],
  [{ html: "<x>a</x>" }, 'Unsupported start tag "x" at byte offset 0'],
  [{ html: "<b>a" }, "Can't find end tag"],
  [{ html: "<b>a</i>" }, "Unmatched end tag"],
  [{ html: "<b>".repeat(70) }, "Too many nested tags"],
  [{ html: "<h1><img src='https://a.co/a.png'/></h1>" }, "must be a separate block"],
  [{ html: "<tg-button-row></tg-button-row>" }, "1-8 buttons"],
  [{ html: "<tg-thinking>a</tg-thinking>" }, "only in drafts"],
  [{ html: "a".repeat(32_769) }, "RICH_MESSAGE_TOO_LONG"],
  [{ markdown: "a".repeat(300_000) }, "RICH_MESSAGE_TOO_LONG"],
  [{ html: "<hr/>".repeat(501) }, "RICH_MESSAGE_BLOCKS_TOO_MUCH"],
  [{ html: "<img src='https://a.co/a.png'/>".repeat(51) }, "RICH_MESSAGE_MEDIA_TOO_MUCH"],
  [block(row(21)), "RICH_MESSAGE_COLUMNS_TOO_MUCH"],
  [block(nested(17)), "RICH_MESSAGE_TOO_DEEP"],
  [block({ type: "paragraph", text: bold(17) }), "RICH_MESSAGE_TOO_DEEP"],
  [block({ type: "paragraph", text: { type: "plain", text: "a" } }), "Unsupported rich text type"],
  [
    block({ type: "table", cells: [[{ text: { type: "plain" } }]] }),
    "can't parse InputRichMessage: Can't parse PageBlockTableCell: Unsupported rich text type",
  ],
  [block({ type: "plain" }), 'Unsupported block type "plain"'],
  [block({ type: "heading", text: "a", size: 7 }), "Wrong heading size"],
  [block({ type: "collage", blocks: [{ type: "divider" }] }), "only media"],
  [block({ type: "list", items: [{ blocks: [], type: "x" }] }), "Wrong type of list item label"],
  [block({ type: "heading", text: "a", size: 1.5 }), "Wrong heading size"],
  [block({ type: "list", items: [{ blocks: [], value: 1.5 }] }), '"value" must be a valid Number'],
  [block(inButton({ type: "bold", text: "a" })), "Unsupported rich text type"],
  [block(inButton(inButton("a").text)), "Unsupported rich text type"],
  [block(buttons({ text: "a", pay: true })), "Text buttons are unallowed"],
  [{ markdown: "a", media: [{ id: "?", media: {} }] }, "Wrong media identifier"],
])("a rich message is refused: case %#", async (rich_message, refusal) => {
  await using world = await Meeting.start()
  const params = { chat_id: world.ada.id, rich_message }
  expect(await world.refusal("sendRichMessage", params)).toMatch(refusal)
})

test("a bot without the right to send photos sends no rich message with a photo", async () => {
  await using world = await Meeting.start()
  const group = world.telegram.supergroup({ title: "Club" }, world.ada, world.bot)
  await world.ada.restrict(group, world.bot, { can_send_messages: true })
  const send = (html: string) =>
    world.ask("sendRichMessage", { chat_id: group.id, rich_message: { html } })
  expect(await send("<b>a</b>")).toMatchObject({ ok: true })
  expect(await send('<img src="https://a.co/a.png"/>')).toMatchObject({
    description: "Bad Request: not enough rights to send photos to the chat",
  })
})

test("a person presses and opens the buttons within a rich message", async () => {
  await using world = await Meeting.start()
  const html =
    'Go <tg-button type="callback_data" data="x"><tg-emoji emoji-id="5">👍</tg-emoji> Yes</tg-button>' +
    '<tg-button-row><tg-button type="url" url="https://t.me">Link</tg-button></tg-button-row>'
  const sent = await world.result<Message>("sendRichMessage", {
    ...{ chat_id: world.ada.id, rich_message: { html } },
  })
  void world.ada.press(sent, "👍 Yes")
  const [update] = (await world.updates()) as Partial<Update>[]
  expect(update?.callback_query).toMatchObject({ data: "x", message: { rich_message: {} } })
  expect(world.ada.open(sent, "Link")).toEqual({ url: "https://t.me" })
})

test("a text becomes a rich message by an edit, and a rich message a text", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  const { message_id } = await world.result<Message>("sendMessage", { chat_id: ada.id, text: "a" })
  const edit = (more: object) =>
    world.ask("editMessageText", { chat_id: ada.id, message_id, ...more })
  const rich_message = { markdown: "# a" }
  const edited = (await edit({ rich_message })).result as Message
  expect(edited).toMatchObject({ rich_message: { blocks: [{ type: "heading" }] } })
  expect(edited).not.toHaveProperty("text")
  expect(await ada.seesEdit()).toEqual(edited)
  expect(await edit({ rich_message })).toMatchObject({ ok: false })
  const back = (await edit({ text: "b" })).result as Message
  expect(back).toMatchObject({ text: "b" })
  expect(back).not.toHaveProperty("rich_message")
})

test("a rich message is forwarded and copied with its blocks", async () => {
  await using world = await Meeting.start()
  const chat_id = world.ada.id
  const rich_message = { markdown: "# a" }
  const sent = await world.result<RichMessage>("sendRichMessage", { chat_id, rich_message })
  const params = { chat_id, from_chat_id: chat_id, message_id: sent.message_id }
  const forwarded = await world.result<RichMessage>("forwardMessage", params)
  expect(forwarded.rich_message).toEqual(sent.rich_message)
  await world.result("copyMessage", params)
  const heard = [await world.ada.hears(), await world.ada.hears(), await world.ada.hears()]
  expect(heard.map((each) => each.rich_message)).toEqual(Array(3).fill(sent.rich_message))
})

test("a draft of a rich message shows that the bot is thinking", async () => {
  await using world = await Meeting.start()
  const { ada, bot } = world
  const draft = { chat_id: ada.id, draft_id: 7, can_stop: true }
  const thinking = { html: "<h1>Tea</h1><tg-thinking>Boiling</tg-thinking>" }
  expect(await world.result("sendRichMessageDraft", { ...draft, rich_message: thinking })).toBe(
    true,
  )
  expect(await ada.seesDraft()).toEqual({
    ...{ id: 7, botId: bot.id, text: "Tea\nBoiling", canStop: true },
    richMessage: {
      blocks: [
        { type: "heading", text: "Tea", size: 1 },
        { type: "thinking", text: "Boiling" },
      ],
    },
  })
  const wrong = { chat_id: ada.id, draft_id: 0, rich_message: thinking }
  expect(await world.refusal("sendRichMessageDraft", wrong)).toMatch("draft_id must be non-zero")
})

test("a button contains only the fields that Telegram knows, however deep the others are", async () => {
  await using world = await Meeting.start()
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`
  const button = `{"text":"a","copy_text":{"text":"b","x":${deep}},"x":${deep}}`
  const shown = { text: "a", copy_text: { text: "b" } }
  const sent = await world.result("sendRichMessage", {
    chat_id: world.ada.id,
    rich_message: `{"blocks":[{"type":"buttons","buttons":[${button}]}]}`,
  })
  expect(sent).toMatchObject({ rich_message: block({ type: "buttons", buttons: [shown] }) })
  const plain = await world.result("sendMessage", {
    ...{ chat_id: world.ada.id, text: "a", reply_markup: `{"inline_keyboard":[[${button}]]}` },
  })
  expect(plain).toMatchObject({ reply_markup: { inline_keyboard: [[shown]] } })
})

test("texts have no control characters and no empty parts, and a list counts without numbers", async () => {
  await using world = await Meeting.start()
  const text = ["", "a\0b\r", "", { type: "code", text: "\t" }]
  expect(await blocksOf(world, block({ type: "paragraph", text }))).toEqual([
    { type: "paragraph", text: ["a b", { type: "code", text: " " }] },
  ])
  const html = '<ol start="x"><li>a</li><li value="Infinity">b</li></ol>'
  expect(await blocksOf(world, { html })).toMatchObject([{ items: [{ value: 1 }, { value: 2 }] }])
})

test("a person presses the buttons in titles, captions and credits", async () => {
  await using world = await Meeting.start()
  const button = (name: string) =>
    `<tg-button type="callback_data" data="${name}">${name}</tg-button>`
  const html =
    `<details><summary>${button("title")}</summary>a</details>` +
    `<table><caption>${button("caption")}</caption><tr><td>a</td></tr></table>` +
    `<aside>a<cite>${button("credit")}</cite></aside>` +
    `<figure><tg-map lat="1" long="2"/><figcaption>${button("map")}<cite>${button("by")}</cite></figcaption></figure>`
  const params = { chat_id: world.ada.id, rich_message: { html } }
  const sent = await world.result<Message>("sendRichMessage", params)
  for (const name of ["title", "caption", "credit", "map", "by"]) {
    void world.ada.press(sent, name)
    const [update] = (await world.updates()) as Partial<Update>[]
    expect(update?.callback_query).toMatchObject({ data: name })
  }
})

test.each([["_a"], ["!"]])("Markdown with %s everywhere is parsed in linear time", async (mark) => {
  await using world = await Meeting.start()
  const seconds = async (length: number) => {
    const before = process.cpuUsage()
    const markdown = mark.repeat(length / mark.length)
    await world.result("sendRichMessage", { chat_id: world.ada.id, rich_message: { markdown } })
    return process.cpuUsage(before).user
  }
  await seconds(4000)
  const [short, long] = [await seconds(4000), await seconds(32_000)]
  expect(long / short).toBeLessThan(30)
})
