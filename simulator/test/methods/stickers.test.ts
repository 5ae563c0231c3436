import { expect, test } from "vitest"
import type { File, Message, StickerSet } from "@grammyjs/types"
import { Meeting } from "../meeting.js"

const name = "cats_by_met_bot"

/** The head of a PNG picture, which contains its size. */
function png(width: number, height: number): Blob {
  const bytes = Buffer.alloc(40)
  bytes.write("\u0089PNG\r\n\u001A\n", 0, "latin1")
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return new Blob([bytes])
}

/** Calls a method with a form. */
async function post(world: Meeting, method: string, fields: Record<string, unknown>) {
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) {
    if (value instanceof Blob) form.append(field, value, "sticker.png")
    else form.append(field, typeof value === "string" ? value : JSON.stringify(value))
  }
  const url = `${world.telegram.apiRoot}/bot${world.bot.token}/${method}`
  const answer = await (await fetch(url, { method: "POST", body: form })).json()
  return answer as { ok: boolean; result: unknown; description?: string }
}

function sticker(fileName: string, more: object = {}) {
  return { sticker: `attach://${fileName}`, format: "static", emoji_list: ["🐱"], ...more }
}

/** Creates a set of two stickers. */
async function makeSet(world: Meeting, more: Record<string, unknown> = {}): Promise<StickerSet> {
  const stickers = [sticker("one"), sticker("two", { emoji_list: ["🐈", "🐾"], keywords: ["paw"] })]
  const files = { one: png(512, 400), two: png(300, 512) }
  const about = { user_id: world.ada.id, name, title: "Cats" }
  expect(
    await post(world, "createNewStickerSet", { ...about, stickers, ...files, ...more }),
  ).toEqual({ ok: true, result: true })
  return world.result<StickerSet>("getStickerSet", { name })
}

test("a sticker set is created, and its stickers are sent as part of it", async () => {
  await using world = await Meeting.start()
  const set = await makeSet(world)
  expect(set).toMatchObject({
    name,
    title: "Cats",
    sticker_type: "regular",
    stickers: [
      { emoji: "🐱", set_name: name, type: "regular", is_animated: false, is_video: false },
      { emoji: "🐈", set_name: name },
    ],
  })
  const file = set.stickers[1]!.file_id
  const sent = { chat_id: world.ada.id, sticker: file }
  expect((await world.result<Message>("sendSticker", sent)).sticker).toEqual(set.stickers[1])
  expect((await world.ada.hears()).sticker).toMatchObject({ set_name: name, emoji: "🐈" })
})

test("an uploaded file becomes a sticker", async () => {
  await using world = await Meeting.start()
  await makeSet(world)
  const user_id = world.ada.id
  const uploaded = await post(world, "uploadStickerFile", {
    user_id,
    sticker_format: "static",
    sticker: png(512, 512),
  })
  const { file_id } = uploaded.result as File
  const added = { sticker: file_id, format: "static", emoji_list: ["😺"] }
  expect(await world.result("addStickerToSet", { user_id, name, sticker: added })).toBe(true)
  const { stickers } = await world.result<StickerSet>("getStickerSet", { name })
  expect(stickers.map(({ emoji }) => emoji)).toEqual(["🐱", "🐈", "😺"])
  expect(stickers[2]!.file_id).toBe(file_id)
})

test("stickers change their position, emoji and image, and leave their set", async () => {
  await using world = await Meeting.start()
  const { stickers } = await makeSet(world)
  const [one, two] = stickers.map(({ file_id }) => file_id)
  const emoji = async () =>
    (await world.result<StickerSet>("getStickerSet", { name })).stickers.map((each) => each.emoji)
  await world.result("setStickerPositionInSet", { sticker: two, position: 0 })
  expect(await emoji()).toEqual(["🐈", "🐱"])
  await world.result("setStickerEmojiList", { sticker: two, emoji_list: ["🦁"] })
  await world.result("setStickerKeywords", { sticker: two, keywords: ["lion"] })
  expect(await emoji()).toEqual(["🦁", "🐱"])
  const replaced = { user_id: world.ada.id, name, old_sticker: one, new: png(512, 512) }
  const sticker_ = sticker("new", { emoji_list: ["🐯"] })
  expect(await post(world, "replaceStickerInSet", { ...replaced, sticker: sticker_ })).toEqual({
    ok: true,
    result: true,
  })
  expect(await emoji()).toEqual(["🦁", "🐯"])
  expect(await world.result("deleteStickerFromSet", { sticker: two })).toBe(true)
  expect(await world.refusal("deleteStickerFromSet", { sticker: two })).toBe(
    "Bad Request: STICKERSET_NOT_MODIFIED",
  )
  expect(await emoji()).toEqual(["🐯"])
})

test("a set changes its title and its thumbnail, and is deleted", async () => {
  await using world = await Meeting.start()
  await makeSet(world)
  await world.result("setStickerSetTitle", { name, title: "Lions" })
  const about = { name, user_id: world.ada.id, format: "static" }
  await post(world, "setStickerSetThumbnail", { ...about, thumbnail: png(100, 100) })
  expect(await world.result("getStickerSet", { name })).toMatchObject({
    title: "Lions",
    thumbnail: { width: 100, height: 100 },
  })
  await world.result("setStickerSetThumbnail", about)
  expect(await world.result("getStickerSet", { name })).not.toHaveProperty("thumbnail")
  expect(await world.result("deleteStickerSet", { name })).toBe(true)
  expect(await world.refusal("getStickerSet", { name })).toBe("Bad Request: STICKERSET_INVALID")
})

test("custom emoji are found by their ids, and masks have their position", async () => {
  await using world = await Meeting.start()
  const small = { stickers: [sticker("one")], one: png(100, 100), sticker_type: "custom_emoji" }
  const { stickers } = await makeSet(world, small)
  const id = stickers[0]!.custom_emoji_id
  expect(
    await world.result("getCustomEmojiStickers", { custom_emoji_ids: [id, "1"] }),
  ).toMatchObject([{ type: "custom_emoji", custom_emoji_id: id, width: 100 }])
  await world.result("setCustomEmojiStickerSetThumbnail", { name, custom_emoji_id: id })
  expect(await world.result("getStickerSet", { name })).toHaveProperty("thumbnail")
  await world.result("deleteStickerSet", { name })
  const mask_position = { point: "eyes", x_shift: 0, y_shift: 0.5, scale: 1 }
  const masks = { stickers: [sticker("one", { mask_position })], sticker_type: "mask" }
  const set = await makeSet(world, masks)
  expect(set.stickers[0]).toMatchObject({ type: "mask", mask_position })
  const file = set.stickers[0]!.file_id
  await world.result("setStickerMaskPosition", { sticker: file })
  const { stickers: after } = await world.result<StickerSet>("getStickerSet", { name })
  expect(after[0]).not.toHaveProperty("mask_position")
})

test.each([
  [{ name: "cats" }, "invalid sticker set name is specified"],
  [{ name: "9cats_by_met_bot" }, "invalid sticker set name is specified"],
  [{ name: "a__b_by_met_bot" }, "invalid sticker set name is specified"],
  [{ title: " " }, "PACK_TITLE_INVALID"],
  [{ title: "x".repeat(65) }, "PACK_TITLE_INVALID"],
  [{ user_id: "4" }, "user not found"],
  [{ sticker_type: "round" }, "unsupported sticker type specified"],
  [{ stickers: [] }, "STICKERS_EMPTY"],
  [{ stickers: Array(51).fill(sticker("one")) }, "too many stickers specified"],
  [{ stickers: "x" }, "can't parse stickers JSON object"],
  [
    { stickers: [sticker("one", { emoji_list: [] })] },
    "can't parse InputSticker: emoji list must be non-empty",
  ],
  [
    { stickers: [sticker("one", { emoji_list: ["cat"] })] },
    "can't parse InputSticker: expected a Unicode emoji",
  ],
  [
    { stickers: [sticker("one", { format: "png" })] },
    "can't parse InputSticker: Invalid sticker format specified",
  ],
  [{ one: png(511, 500) }, "STICKER_PNG_DIMENSIONS"],
  [{ sticker_type: "custom_emoji" }, "STICKER_PNG_DIMENSIONS"],
  [{ one: new Blob([new Uint8Array(600_000)]) }, "STICKER_FILE_INVALID"],
  [{ one: new Blob([]) }, "file must be non-empty"],
])("a set with %j is refused: %s", async (wrong, reason) => {
  await using world = await Meeting.start()
  const right = { user_id: world.ada.id, name, title: "Cats", stickers: [sticker("one")] }
  const files = { one: png(512, 512) }
  expect(await post(world, "createNewStickerSet", { ...right, ...files, ...wrong })).toMatchObject({
    ok: false,
    description: `Bad Request: ${reason}`,
  })
  expect(await world.refusal("getStickerSet", { name })).toBe("Bad Request: STICKERSET_INVALID")
})

test("the name of a set is unique, and no other bot changes the set", async () => {
  await using world = await Meeting.start()
  const { stickers } = await makeSet(world)
  const again = { user_id: world.ada.id, name: name.toUpperCase(), title: "x" }
  expect(
    await post(world, "createNewStickerSet", {
      ...again,
      stickers: [sticker("a")],
      a: png(512, 1),
    }),
  ).toMatchObject({ description: "Bad Request: sticker set name is already occupied" })
  const other = world.telegram.bot({ username: "other_bot" })
  const asOther = Object.assign(Object.create(Meeting.prototype) as Meeting, world, { bot: other })
  const file = stickers[0]!.file_id
  for (const [method, params] of [
    ["deleteStickerSet", { name }],
    ["setStickerSetTitle", { name, title: "x" }],
    ["deleteStickerFromSet", { sticker: file }],
  ] as const) {
    expect(await post(asOther, method, params)).toMatchObject({
      description: "Bad Request: STICKERSET_INVALID",
    })
  }
  expect(await world.refusal("deleteStickerFromSet", { sticker: "x" })).toMatch(
    "wrong remote file identifier",
  )
})
