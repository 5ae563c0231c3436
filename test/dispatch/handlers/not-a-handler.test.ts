import { expect, test } from "vitest"
import { Conversation } from "../../../src/conversation/index.js"
import { Router } from "../../../src/dispatch/index.js"
import { session } from "../../../src/session/index.js"

test("a session and a conversation in place of a handler: the error names the method to use", () => {
  const router = new Router()
  expect(() => router.use(session("cart", { initial: () => ({}) }) as never)).toThrow(
    "added with `dispatcher.derive(session)`",
  )
  expect(() => router.use(new Conversation("order", { states: ["size"] }) as never)).toThrow(
    "added with `conversation.mount(dispatcher)`",
  )
  expect(() => router.use({} as never)).toThrow(
    "Expected the `handler` option to be a function, got an object.",
  )
})
