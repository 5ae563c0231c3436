import { describe, expect, test } from "vitest"
import { encodeResponseCall } from "../../src/bot/response-call.js"
import { InputFile } from "../../src/telegram/input-file.js"

describe("a call for an answer", () => {
  test("is JSON that begins with its method, without undefined and null values", () => {
    const params = { chat_id: 1, text: "hé", reply_markup: undefined, parse_mode: null }
    expect(encodeResponseCall("sendMessage", params)).toBe(
      '{"method":"sendMessage","chat_id":1,"text":"hé"}',
    )
    expect(encodeResponseCall("leaveChat")).toBe('{"method":"leaveChat"}')
  })

  test.each(["getMe", "getChat", "setWebhook", "deleteWebhook", "close", "logOut", "LOGOUT"])(
    "cannot be %s, which Telegram ignores there",
    (method) => {
      expect(encodeResponseCall(method, {})).toBeUndefined()
    },
  )

  test.each(["closeForumTopic", "setWebhookX", "sendMessage"])("can be one of %s", (method) => {
    expect(encodeResponseCall(method, {})).toBeDefined()
  })

  test("cannot contain a file, wherever it is", () => {
    const photo = InputFile.bytes("x", { filename: "x" })
    expect(encodeResponseCall("sendPhoto", { chat_id: 1, photo })).toBeUndefined()
    const media = [{ type: "photo", media: photo }]
    expect(encodeResponseCall("sendMediaGroup", { chat_id: 1, media })).toBeUndefined()
  })

  test("has at most 1 MiB", () => {
    const around = encodeResponseCall("sendMessage", { text: "" })?.length ?? 0
    const fits = { text: "é".repeat((1_048_576 - around) / 2) }
    expect(Buffer.byteLength(encodeResponseCall("sendMessage", fits) ?? "")).toBeGreaterThan(
      1_048_573,
    )
    expect(encodeResponseCall("sendMessage", { text: `${fits.text}éé` })).toBeUndefined()
  })

  test("names the parameter that cannot be sent", () => {
    expect(() => encodeResponseCall("sendMessage", { chat_id: Number.NaN })).toThrow(/`chat_id`/)
  })
})
