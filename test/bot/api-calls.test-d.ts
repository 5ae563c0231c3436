import { expectTypeOf, test } from "vitest"
import type { ApiCalls, Bot, CallOptions, Download } from "../../src/bot/index.js"
import type { methodNames, parameterlessMethods } from "../../src/bot/method-names.generated.js"
import type { ApiMethods } from "../../src/telegram/api.js"
import type { InputFile } from "../../src/telegram/input-file.js"
import type { File, Message, Update, UserFromGetMe } from "../../src/telegram/types.js"

declare const bot: Bot
declare const file: InputFile

type Parameterless = {
  [M in keyof ApiMethods]: Parameters<ApiMethods[M]> extends [] ? M : never
}[keyof ApiMethods]

test("the table names exactly the methods of the types", () => {
  expectTypeOf<(typeof methodNames)[number]>().toEqualTypeOf<keyof ApiMethods>()
  expectTypeOf<keyof ApiCalls>().toEqualTypeOf<keyof ApiMethods>()
  expectTypeOf<(typeof parameterlessMethods)[number]>().toEqualTypeOf<Parameterless>()
})

test("a method returns Telegram's result", () => {
  expectTypeOf(bot.getMe()).resolves.toEqualTypeOf<UserFromGetMe>()
  expectTypeOf(bot.getUpdates()).resolves.toEqualTypeOf<Update[]>()
  expectTypeOf(
    bot.sendMessage({ chat_id: 1, text: "x" }),
  ).resolves.toEqualTypeOf<Message.TextMessage>()
  expectTypeOf(bot.setWebhook({ url: "" })).resolves.toEqualTypeOf<true>()
  expectTypeOf(bot.sendMessage).returns.resolves.not.toBeAny()
})

test("parameters that Telegram requires are required", () => {
  // @ts-expect-error -- no parameters at all
  void bot.sendMessage()
  // @ts-expect-error -- no text
  void bot.sendMessage({ chat_id: 1 })
  // @ts-expect-error -- a text is no number
  void bot.sendMessage({ chat_id: 1, text: 1 })
  // @ts-expect-error -- no such parameter
  void bot.sendMessage({ chat_id: 1, text: "", colour: "red" })
  expectTypeOf(bot.sendMessage).parameter(0).not.toBeAny()
})

test("parameters are optional where Telegram requires none", () => {
  expectTypeOf(bot.getMyCommands).toBeCallableWith()
  expectTypeOf(bot.deleteWebhook).toBeCallableWith()
  expectTypeOf(bot.deleteWebhook).toBeCallableWith({ drop_pending_updates: true })
})

test("options come last, or alone where there are no parameters", () => {
  expectTypeOf(bot.getMe).parameters.toEqualTypeOf<[options?: CallOptions | undefined]>()
  expectTypeOf(bot.sendMessage).parameter(1).toEqualTypeOf<CallOptions | undefined>()
  // @ts-expect-error -- parameters where there are none
  void bot.getMe({}, {})
})

test("files are taken where Telegram takes files", () => {
  expectTypeOf(bot.setWebhook).toBeCallableWith({ url: "", certificate: file })
  expectTypeOf(bot.sendPhoto).toBeCallableWith({ chat_id: 1, photo: "id" })
  expectTypeOf(bot.sendPhoto).toBeCallableWith({ chat_id: 1, photo: file })
  // @ts-expect-error -- a certificate is never a file_id
  void bot.setWebhook({ url: "", certificate: "id" })
})

test("call returns the given type, and by default an unusable one", () => {
  expectTypeOf(bot.call("getMe")).resolves.toBeUnknown()
  expectTypeOf(bot.call<number>("getMe")).resolves.toEqualTypeOf<number>()
})

test("a download accepts an id or a file", () => {
  expectTypeOf(bot.download).parameter(0).toEqualTypeOf<string | File>()
  expectTypeOf(bot.download).returns.resolves.toEqualTypeOf<Download>()
})
