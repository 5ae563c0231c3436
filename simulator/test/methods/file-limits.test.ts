import { expect, test } from "vitest"
import { Simulator, type SimulatorOptions } from "../../src/index.js"
import { png } from "./valid-calls.js"

const megabyte = 1_048_576

/** A file that begins like a PNG of this size in pixels. */
function picture(width: number, height: number, length = png.length): Buffer {
  const bytes = Buffer.alloc(Math.max(length, png.length))
  png.copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

async function start(options: SimulatorOptions = {}) {
  const telegram = await Simulator.start(options)
  const bot = telegram.bot()
  const ada = telegram.user()
  await ada.send(bot, "/start")
  const root = `${telegram.apiRoot}/bot${bot.token}`
  const answer = async (method: string, body: FormData) =>
    (await (await fetch(`${root}/${method}`, { method: "POST", body })).json()) as {
      ok: boolean
      description?: string
      result: Record<string, { file_id: string; file_size: number }>
    }
  return {
    ada,
    bot,
    telegram,
    /** Sends a file as a form. */
    upload(kind: "photo" | "document", bytes: Buffer) {
      const form = new FormData()
      form.set("chat_id", String(ada.id))
      form.set(kind, new Blob([new Uint8Array(bytes)]), "a.bin")
      return answer(kind === "photo" ? "sendPhoto" : "sendDocument", form)
    },
    getFile(id: string) {
      const form = new FormData()
      form.set("file_id", id)
      return answer("getFile", form)
    },
    [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose](),
  }
}

test.each([
  ["no picture", Buffer.from("Hello"), "IMAGE_PROCESS_FAILED"],
  ["21 times as wide as high", picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"],
  ["of 10,001 pixels for both sides", picture(5001, 5000), "PHOTO_INVALID_DIMENSIONS"],
  ["of more than 10 MB", picture(9, 9, 10 * megabyte + 1), "file is too big for a photo"],
])("a photo that is %s is refused", async (_, bytes, reason) => {
  await using stage = await start()
  expect(await stage.upload("photo", bytes)).toMatchObject({
    ok: false,
    description: `Bad Request: ${reason}`,
  })
})

test.each([
  ["20 times as wide as high", picture(2000, 100)],
  ["of 10,000 pixels for both sides", picture(5000, 5000)],
  ["of 10 MB", picture(9, 9, 10 * megabyte)],
])("a photo %s is sent", async (_, bytes) => {
  await using stage = await start()
  expect(await stage.upload("photo", bytes)).toMatchObject({ ok: true })
})

test("files of up to 50 MB are sent, and of up to 20 MB downloaded; a local server has no limit", async () => {
  for (const [local, size, isSent, isFound] of [
    [false, 20 * megabyte, true, true],
    [false, 20 * megabyte + 1, true, false],
    [false, 50 * megabyte, true, false],
    [false, 50 * megabyte + 1, false, false],
    [true, 50 * megabyte + 1, true, true],
  ] as const) {
    await using stage = await start({ local })
    const sent = await stage.upload("document", Buffer.alloc(size, "x"))
    expect([size, sent.ok]).toEqual([size, isSent])
    if (!isSent) expect(sent.description).toBe("Request Entity Too Large")
    const id = sent.result?.["document"]?.file_id
    if (id === undefined) continue
    const found = await stage.getFile(id)
    expect([size, found.ok]).toEqual([size, isFound])
    if (!isFound) expect(found.description).toBe("Bad Request: file is too big")
  }
})

test("a file is downloaded whole, in parts, or asked for by HEAD", async () => {
  await using stage = await start()
  const sent = await stage.upload("document", Buffer.from("0123456789"))
  const file = await stage.getFile(sent.result["document"]?.file_id ?? "")
  const { file_path } = file.result as unknown as { file_path: string }
  const url = `${stage.telegram.apiRoot}/file/bot${stage.bot.token}/${file_path}`
  const get = async (range?: string, method = "GET") => {
    const response = await fetch(url, { method, ...(range && { headers: { range } }) })
    const { headers, status } = response
    return [
      status,
      headers.get("content-range"),
      headers.get("content-length"),
      await response.text(),
    ]
  }
  expect(await get()).toEqual([200, null, "10", "0123456789"])
  expect(await get("bytes=2-4")).toEqual([206, "bytes 2-4/10", "3", "234"])
  expect(await get("bytes=7-")).toEqual([206, "bytes 7-9/10", "3", "789"])
  expect(await get("bytes=-1")).toEqual([206, "bytes 9-9/10", "1", "9"])
  expect(await get("bytes=10-12")).toEqual([416, "bytes */10", "0", ""])
  expect(await get(undefined, "HEAD")).toEqual([200, null, "10", ""])
  expect((await fetch(`${url}x`, { method: "HEAD" })).status).toBe(404)
})
