import { expectTypeOf, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { Dispatcher } from "../../../src/dispatch/index.js"
import type { InsteadOfName } from "../../../src/dispatch/handlers/handler-arguments.js"

const dispatcher = new Dispatcher({ bot: new Bot("1:a") })

test("the compiler refuses a name in place of a filter", () => {
  const handler = () => 1
  // @ts-expect-error "a name is no filter: write .message(handler)"
  dispatcher.on("message", handler)
  // @ts-expect-error "a name is no filter: write .on(filters.text, handler)"
  dispatcher.on("message:text", handler)
  // @ts-expect-error "a name is no filter: …"
  dispatcher.on(["message", "edited_message"], handler)
})

test("the compiler's error is what to write", () => {
  expectTypeOf<
    InsteadOfName<"edited_message">
  >().toEqualTypeOf<"a name is no filter: write .editedMessage(handler)">()
  expectTypeOf<
    InsteadOfName<"callback_query:data">
  >().toEqualTypeOf<"a name is no filter: write .callbackQuery(handler)">()
  expectTypeOf<
    InsteadOfName<"message:text" | "text">
  >().toEqualTypeOf<"a name is no filter: write .on(filters.text, handler)">()
})
