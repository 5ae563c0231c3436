import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import type { Message } from "@grammyjs/types"
import { Meeting } from "../meeting.js"

const place = { latitude: 52.5, longitude: 13.4 }
const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ", "base64")

test.each([
  ["sendLocation", place, { location: place }],
  ["sendLocation", { ...place, live_period: 60 }, { location: { ...place, live_period: 60 } }],
  [
    "sendVenue",
    { ...place, title: "Hall", address: "Street 1" },
    { venue: { location: place, title: "Hall", address: "Street 1" }, location: place },
  ],
  [
    "sendContact",
    { phone_number: "+491", first_name: "Bo", last_name: "Li" },
    { contact: { phone_number: "+491", first_name: "Bo", last_name: "Li" } },
  ],
  ["sendDice", {}, { dice: { emoji: "🎲" } }],
  ["sendDice", { emoji: "🎰" }, { dice: { emoji: "🎰" } }],
])("%s with %j reaches the person", async (method, params, expected) => {
  await using world = await Meeting.start()
  const { ada, bot } = world
  const sent = await world.result<Message>(method, { chat_id: ada.id, ...params })
  expect(sent).toMatchObject({ from: { id: bot.id }, ...expected })
  expect(await ada.hears()).toEqual(sent)
})

test.each([
  ["sendLocation", { latitude: 1 }, "longitude is empty"],
  ["sendLocation", { latitude: 91, longitude: 0 }, "invalid location specified"],
  ["sendLocation", { ...place, live_period: 5 }, "wrong live location period specified"],
  ["sendVenue", { ...place, address: "x" }, "title must be non-empty"],
  ["sendContact", { phone_number: "1" }, 'parameter "first_name" is required'],
  ["sendDice", { emoji: "x" }, "wrong dice emoji specified"],
  ["sendPhoto", {}, "there is no photo in the request"],
  [
    "sendPhoto",
    { photo: "nothing" },
    "wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
  ],
  ["sendMessage", { text: "x", message_thread_id: 7 }, "message thread not found"],
  [
    "sendMessage",
    { text: "x", reply_parameters: { quote: "x" } },
    'can\'t find field "message_id"',
  ],
  ["sendMessage", { text: "x", business_connection_id: "a" }, "business connection not found"],
  ["sendMessage", { text: "x", allow_paid_broadcast: true }, "FLOODSKIP_NOT_ALLOWED"],
  ["sendMediaGroup", { media: [] }, "there are no messages to send"],
  [
    "sendMediaGroup",
    {
      media: [
        { type: "audio", media: "a" },
        { type: "photo", media: "b" },
      ],
    },
    "audio can't be mixed with other media types",
  ],
  ["sendMediaGroup", { media: [{ type: "poem", media: "a" }] }, /type "poem" is unsupported/],
  ["sendPoll", { question: "", options: ["a"] }, "poll question must be non-empty"],
  ["sendPoll", { question: "q", options: [] }, "poll must have at least 1 option"],
  ["sendPoll", { question: "q", options: [""] }, "poll options must be non-empty"],
  [
    "sendPoll",
    { question: "q", options: ["a"], type: "quiz", correct_option_id: 4 },
    "wrong correct option ID specified",
  ],
  ["forwardMessage", { from_chat_id: "ADA", message_id: 99 }, "message to forward not found"],
  ["copyMessage", { from_chat_id: "ADA", message_id: 99 }, "message to copy not found"],
  ["copyMessages", { from_chat_id: "ADA", message_ids: [99] }, "there are no messages to copy"],
])("%s with %j is refused: %s", async (method, params, reason) => {
  await using world = await Meeting.start()
  const from = "from_chat_id" in params ? { from_chat_id: world.ada.id } : {}
  const description = await world.refusal(method, { chat_id: world.ada.id, ...params, ...from })
  if (typeof reason === "string") expect(description).toBe(`Bad Request: ${reason}`)
  else expect(description).toMatch(reason)
})

test.each([
  [{ keyboard: "bad" }, 'field "keyboard" must be of type Array'],
  [{ keyboard: [[{ text: "A" }]], selective: "yes" }, 'field "selective" must be of type Boolean'],
  [{ inline_keyboard: "bad" }, 'field "inline_keyboard" must be of type Array'],
  [inline({ callback_data: "x" }, ""), "inline keyboard button text must be non-empty"],
  [
    inline({ url: "not-a-url" }),
    "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
  ],
  [
    inline({ url: "ftp://example.com" }),
    "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
  ],
  [
    inline({ web_app: { url: "bad" } }),
    "inline keyboard button Web App URL 'bad' is invalid: Only HTTPS links are allowed",
  ],
  [inline({ copy_text: { text: "" } }), "BUTTON_COPY_TEXT_INVALID"],
  [
    { inline_keyboard: [[{ callback_data: "x" }]] },
    "can't parse inline keyboard button: Can't find field \"text\"",
  ],
])("the keyboard %j is refused: %s", async (reply_markup, reason) => {
  await using world = await Meeting.start()
  const message = { chat_id: world.ada.id, text: "x", reply_markup }
  expect(await world.refusal("sendMessage", message)).toBe(`Bad Request: ${reason}`)
})

function inline(action: object, text = "b"): object {
  return { inline_keyboard: [[{ text, ...action }]] }
}

test.each([
  ["sendPhoto", "photo", "photo"],
  ["sendVideo", "video", "video"],
  ["sendAudio", "audio", "audio"],
  ["sendVoice", "voice", "voice"],
  ["sendVideoNote", "video_note", "video_note"],
  ["sendAnimation", "animation", "animation"],
  ["sendSticker", "sticker", "sticker"],
  ["sendDocument", "document", "document"],
] as const)("%s takes an upload, and its file_id again", async (method, name, field) => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const form = new FormData()
  form.set("chat_id", String(ada.id))
  form.set(name, new Blob([pixel]), "file.bin")
  await fetch(`${telegram.apiRoot}/bot${bot.token}/${method}`, { method: "POST", body: form })
  const held = (await ada.hears())[field]
  const { file_id } = Array.isArray(held) ? (held[0] ?? { file_id: "" }) : (held ?? { file_id: "" })
  const again = await world.result<Message>(method, { chat_id: ada.id, [name]: file_id })
  expect(again[field]).toEqual(held)
  expect(await world.result("getFile", { file_id })).toMatchObject({ file_size: pixel.length })
  expect(await world.refusal("getFile", { file_id: "x" })).toBe("Bad Request: invalid file_id")
})

test("a file is fetched from a URL on this machine; other URLs are not fetched", async () => {
  const server = createServer((request, response) => {
    const isPage = request.url === "/page"
    response.writeHead(request.url === "/gone" ? 404 : 200, {
      "content-type": isPage ? "text/html" : "image/png",
    })
    response.end(pixel)
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  try {
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using world = await Meeting.start()
    const send = (photo: string) => world.ask("sendPhoto", { chat_id: world.ada.id, photo })
    expect((await send(`${root}/a.png`)).result).toMatchObject({
      photo: [{ file_size: pixel.length, width: 1, height: 1 }],
    })
    expect((await send(`${root}/gone`)).description).toBe(
      "Bad Request: failed to get HTTP URL content",
    )
    expect((await send(`${root}/page`)).description).toBe(
      "Bad Request: wrong type of the web page content",
    )
    expect((await send("https://example.com/x.png")).ok).toBe(true)
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test("a media group is several messages with one group id", async () => {
  await using world = await Meeting.start()
  const sent = await world.ada.send(world.bot, { photo: pixel })
  const media = sent.photo?.[0]?.file_id
  const group = await world.result<Message[]>("sendMediaGroup", {
    chat_id: world.ada.id,
    media: [
      { type: "photo", media, caption: "*one*", parse_mode: "MarkdownV2" },
      { type: "photo", media },
    ],
  })
  expect(group).toHaveLength(2)
  expect(group[0]).toMatchObject({ caption: "one", caption_entities: [{ type: "bold" }] })
  expect(group[0]?.media_group_id).toBeTypeOf("string")
  expect(group[1]?.media_group_id).toBe(group[0]?.media_group_id)
})

test("copies and forwards carry several messages, and leave out deleted ones", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  const ids: number[] = []
  for (const text of ["a", "b", "c"]) {
    const { message_id } = await world.result<Message>("sendMessage", { chat_id: ada.id, text })
    ids.push(message_id)
    await ada.hears()
  }
  await world.ask("deleteMessage", { chat_id: ada.id, message_id: ids[1] })
  const several = { chat_id: ada.id, from_chat_id: ada.id, message_ids: ids }
  expect(await world.result("forwardMessages", several)).toHaveLength(2)
  expect(await ada.hears()).toMatchObject({ text: "a", forward_origin: { type: "user" } })
  expect(await ada.hears()).toMatchObject({ text: "c" })
  expect(await world.result("copyMessages", several)).toHaveLength(2)
  expect(await ada.hears()).not.toHaveProperty("forward_origin")
  const backwards = { ...several, message_ids: ids.toReversed() }
  expect(await world.refusal("copyMessages", backwards)).toMatch(/strictly increasing order/)
})

test("a protected message can be neither copied nor forwarded", async () => {
  await using world = await Meeting.start()
  const chat_id = world.ada.id
  const secret = { chat_id, text: "secret", protect_content: true }
  const { message_id } = await world.result<Message>("sendMessage", secret)
  const from = { chat_id, from_chat_id: chat_id, message_id }
  expect(await world.refusal("copyMessage", from)).toBe("Bad Request: message can't be copied")
  expect(await world.refusal("forwardMessage", from)).toBe(
    "Bad Request: the message can't be forwarded",
  )
})

test("a reply can have a quote, and can refer to a message of another chat", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const group = telegram.supergroup({ title: "G" }, ada, bot)
  const { message_id } = await ada.send(bot, "one two three")
  const reply_parameters = { message_id, quote: "two" }
  const quoting = { chat_id: ada.id, text: "x", reply_parameters }
  expect(await world.result("sendMessage", quoting)).toMatchObject({
    quote: { text: "two", position: 4, is_manual: true },
    reply_to_message: { message_id },
  })
  const wrong = { ...quoting, reply_parameters: { message_id, quote: "four" } }
  expect(await world.refusal("sendMessage", wrong)).toBe("Bad Request: QUOTE_TEXT_INVALID")
  const elsewhere = { chat_id: group.id, text: "x" }
  const answer = { ...elsewhere, reply_parameters: { message_id, chat_id: ada.id } }
  expect(await world.result("sendMessage", answer)).toMatchObject({
    external_reply: { origin: { type: "user", sender_user: { id: ada.id } } },
  })
})

test("with limits, a bot that sends too fast is answered 429 with the time to wait", async () => {
  await using world = await Meeting.start({ simulator: { limits: true } })
  const message = { chat_id: world.ada.id, text: "x" }
  expect((await world.ask("sendMessage", message)).ok).toBe(true)
  expect(await world.ask("sendMessage", message)).toMatchObject({
    error_code: 429,
    description: "Too Many Requests: retry after 1",
    parameters: { retry_after: 1 },
  })
})
