import type { Message } from "@grammyjs/types"
import { expect, test } from "vitest"
import { methodStage, png, type MethodStage, type Parameters } from "./valid-calls.js"

/** A PNG of a given size, of which only the head is real. */
function picture(width: number, height: number): Buffer {
  const bytes = Buffer.from(png)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

async function start(): Promise<MethodStage & AsyncDisposable> {
  const stage = await methodStage()
  return { ...stage, [Symbol.asyncDispose]: () => stage.telegram[Symbol.asyncDispose]() }
}

/** Sends a file under its own name, as a form. */
async function upload(
  stage: MethodStage,
  kind: string,
  { bytes, name, more = {} }: { bytes: Buffer; name: string; more?: Record<string, string> },
): Promise<Message> {
  const form = new FormData()
  form.set("chat_id", String(stage.ada.id))
  form.set(kind, new Blob([new Uint8Array(bytes)]), name)
  for (const [field, value] of Object.entries(more)) form.set(field, value)
  const method = `send${kind.replaceAll(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}`
  const address = `${stage.telegram.apiRoot}/bot${stage.bot.token}/${method}`
  const response = await fetch(address, { method: "POST", body: form })
  const { result, description } = (await response.json()) as {
    result: Message
    description?: string
  }
  if (description !== undefined) throw new Error(description)
  return result
}

test.each([
  [1280, 960, [90, 320, 800, 1280]],
  [500, 1000, [45, 160, 400, 500]],
  [320, 200, [90, 320]],
  [100, 100, [100]],
  [4000, 3000, [90, 320, 800, 1280, 2560]],
])("a photo of %d×%d has the widths %j", async (width, height, widths) => {
  await using stage = await start()
  const { photo = [] } = await upload(stage, "photo", {
    bytes: picture(width, height),
    name: "p.png",
  })
  expect(photo.map((size) => size.width)).toEqual(widths)
  expect(new Set(photo.map(({ file_id }) => file_id)).size).toBe(widths.length)
  for (const { file_id } of photo) {
    expect(await stage.call("getFile", { file_id })).toMatchObject({
      file_path: expect.stringMatching(/^photos\/file_\d+\.jpg$/),
    })
  }
})

test.each(["audio", "document", "video", "animation", "video_note"])(
  "a thumbnail of a %s has a file of its own, under its old name too",
  async (kind) => {
    await using stage = await start()
    for (const name of ["thumbnail", "thumb"]) {
      const method = `send${kind.replaceAll(/(?:^|_)(.)/g, (_, each: string) => each.toUpperCase())}`
      const parameters = { chat_id: stage.ada.id, [kind]: png, [name]: picture(90, 60) }
      const message = (await stage.call(method, parameters)) as Record<string, Parameters>
      const thumbnail = message[kind]?.["thumbnail"] as Parameters
      expect(thumbnail).toMatchObject({ width: 90, height: 60 })
      expect(await stage.call("getFile", { file_id: thumbnail["file_id"] })).toMatchObject({
        file_path: expect.stringMatching(/^thumbnails\//),
      })
    }
  },
)

test("a video has the cover and the start time with which it is sent", async () => {
  await using stage = await start()
  const sent = await stage.call("sendVideo", {
    chat_id: stage.ada.id,
    video: png,
    cover: picture(400, 300),
    start_timestamp: 4,
  })
  expect(sent).toMatchObject({
    video: { start_timestamp: 4, cover: [{ width: 90 }, {}, { width: 400 }] },
  })
})

test.each([
  ["video", "v.mp4", "video/mp4"],
  ["document", "a.pdf", "application/pdf"],
  ["voice", "v.ogg", "audio/ogg"],
  ["document", "a.unknown", "application/octet-stream"],
])("a %s %s that is sent as untyped bytes is %s", async (kind, name, type) => {
  await using stage = await start()
  const message = await upload(stage, kind, { bytes: png, name })
  expect(message).toMatchObject({ [kind]: { mime_type: type } })
})

test.each([
  ["photo", "AgAC"],
  ["document", "BQAC"],
  ["video", "BAAC"],
  ["audio", "CQAC"],
  ["voice", "AwAC"],
  ["animation", "CgAC"],
  ["sticker", "CAAC"],
])("the file_id of a %s begins with %s", async (kind, letters) => {
  await using stage = await start()
  const message = (await upload(stage, kind, { bytes: picture(512, 512), name: "a" })) as never
  const media = [message[kind] as { file_id: string }].flat()
  expect(media.map(({ file_id }) => file_id.slice(0, 4))).toEqual(media.map(() => letters))
})

test("a photo can only be sent as a photo, and another file keeps its kind", async () => {
  await using stage = await start()
  const { photo = [] } = await upload(stage, "photo", { bytes: picture(9, 9), name: "p.png" })
  const { voice } = await upload(stage, "voice", { bytes: png, name: "v.ogg" })
  const chat_id = stage.ada.id
  const asDocument = stage.call("sendDocument", { chat_id, document: photo[0]?.file_id })
  await expect(asDocument).rejects.toThrow("can't use file of type Photo as Document")
  const asPhoto = stage.call("sendPhoto", { chat_id, photo: voice?.file_id })
  await expect(asPhoto).rejects.toThrow("can't use file of type VoiceNote as Photo")
  const again = await stage.call("sendDocument", { chat_id, document: voice?.file_id })
  expect(again).toMatchObject({ voice: { file_id: voice?.file_id } })
})

test.each([
  ["tests/sub/a.txt", "a.txt"],
  ["100%25 %22sure%22.txt", '100% "sure".txt'],
  ["gr%C3%BCn.txt", "grün.txt"],
  ["100%.txt", "100%.txt"],
])("a file that is sent as %s is called %s", async (name, shown) => {
  await using stage = await start()
  const { document } = await upload(stage, "document", { bytes: png, name })
  expect(document?.file_name).toBe(shown)
})

test("a live photo is a film with a photo, and is not fetched from a URL", async () => {
  await using stage = await start()
  const chat_id = stage.ada.id
  const sent = await stage.call("sendLivePhoto", { chat_id, live_photo: png, photo: picture(9, 8) })
  expect(sent).toMatchObject({
    live_photo: { photo: [{ width: 9, height: 8 }], file_id: expect.any(String) },
    photo: [{ width: 9, height: 8 }],
  })
  const remote = { chat_id, live_photo: "https://example.com/a.mp4", photo: png }
  await expect(stage.call("sendLivePhoto", remote)).rejects.toThrow("can't be sent by URL")
  const alone = { chat_id, live_photo: png }
  await expect(stage.call("sendLivePhoto", alone)).rejects.toThrow("there is no photo")
})

test("a GIF becomes an animation with the duration of the GIF", async () => {
  await using stage = await start()
  const frame = Buffer.from("21f904003200000000", "hex")
  const gif = Buffer.concat([
    Buffer.from("GIF89a"),
    Buffer.from("40003000000000", "hex"),
    frame,
    frame,
  ])
  const more = { duration: "77" }
  const { animation } = await upload(stage, "animation", { bytes: gif, name: "g.gif", more })
  expect(animation).toMatchObject({
    file_name: "g.gif.mp4",
    mime_type: "video/mp4",
    duration: 1,
    width: 64,
    height: 48,
  })
})

test("a video that is not square is no video note", async () => {
  await using stage = await start()
  const sent = await upload(stage, "video_note", { bytes: picture(320, 240), name: "v.mp4" })
  expect([sent.video_note, sent.video]).toEqual([
    undefined,
    expect.objectContaining({ width: 320 }),
  ])
})

test.each([
  ["document", 640, 320],
  ["sticker", 512, 128],
])("Telegram makes a thumbnail of a picture that is sent as a %s", async (kind, side, longest) => {
  await using stage = await start()
  const sent = await upload(stage, kind, { bytes: picture(side, side / 2), name: "p.png" })
  const { thumbnail } = (sent as unknown as Record<string, Parameters>)[kind] ?? {}
  expect(thumbnail).toMatchObject({ width: longest, height: longest / 2 })
  const { file_id } = thumbnail as { file_id: string }
  expect(await stage.call("getFile", { file_id })).toMatchObject({
    file_path: expect.stringMatching(/^thumbnails\/file_\d+\.jpg$/),
  })
  const chat_id = stage.ada.id
  const again = stage.call("sendDocument", { chat_id, document: file_id })
  await expect(again).rejects.toThrow("can't use file of type Thumbnail as Document")
})

test("other files have no thumbnail of Telegram's making", async () => {
  await using stage = await start()
  const sent = await upload(stage, "document", { bytes: Buffer.from("text"), name: "a.txt" })
  expect(sent.document).not.toHaveProperty("thumbnail")
})
