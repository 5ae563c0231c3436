import { expectTypeOf, test } from "vitest"
import type { Context } from "../../../src/dispatch/index.js"

declare const ctx: Context

test("ctx.later takes the methods of calls that can wait, with their parameters", () => {
  expectTypeOf(ctx.later("sendMessage", { text: "x" })).resolves.toBeVoid()
  expectTypeOf(ctx.later("banChatMember", { chat_id: 1, user_id: 2 })).resolves.toBeVoid()
  // @ts-expect-error -- the text is missing
  void ctx.later("sendMessage", {})
  // @ts-expect-error -- only the methods that send, edit or delete have a default chat
  void ctx.later("banChatMember", { user_id: 2 })
  // @ts-expect-error -- an answer has a deadline
  void ctx.later("answerCallbackQuery", {})
  // @ts-expect-error -- the result would be lost
  void ctx.later("getChat", { chat_id: 1 })
  // @ts-expect-error -- not a rule
  void ctx.later("sendMessage", { text: "x" }, { unsure: "drop" })
})
