import { expectTypeOf, test } from "vitest"
import { z } from "zod"
import type { Chat } from "../../src/telegram/types.js"
import { type Context, Router } from "../../src/dispatch/index.js"
import { callbackData, inlineKeyboard } from "../../src/keyboard/index.js"

const router = new Router()

test("the data of a press have the types of their fields, and the press may have no chat", () => {
  const item = callbackData("item", { id: "int", up: "bool", kind: ["a", "b"], note: "text?" })
  router.callbackQuery(item, (ctx) => {
    expectTypeOf(ctx.data).toEqualTypeOf<{
      id: number
      up: boolean
      kind: "a" | "b"
      note?: string | undefined
    }>()
    expectTypeOf(ctx.chat).toEqualTypeOf<Chat | undefined>()
    expectTypeOf(ctx.callbackQuery.data).toEqualTypeOf<string | undefined>()
  })
  router.callbackQuery(item.where({ up: true }), (ctx) => {
    expectTypeOf(ctx.data.id).toBeNumber()
  })
  // @ts-expect-error: no such field
  item.where({ down: true })
})

test("data with a text need a context, and so do signed data", () => {
  const item = callbackData("item", { id: "int", note: "text?" })
  expectTypeOf(item({ id: 1 })).toBeString()
  // @ts-expect-error: a text may be too long
  item({ id: 1, note: "x" })
  const name = callbackData("name", { name: "text" })
  // @ts-expect-error: a text may be too long
  name({ name: "x" })
  const signed = callbackData("signed", { id: "int" }, { signed: true })
  // @ts-expect-error: signed data are bound to the chat of a context
  signed({ id: 1 })
  const order = callbackData("order", z.object({ id: z.number() }))
  // @ts-expect-error: the data of a schema may be too long
  order({ id: 1 })
  router.callbackQuery(order, (ctx) => expectTypeOf(ctx.data).toEqualTypeOf<{ id: number }>())
  const make = (ctx: Context) => {
    item({ id: 1, note: "x" }, ctx)
    name({ name: "x" }, ctx)
    signed({ id: 1 }, ctx)
    order({ id: 1 }, ctx)
  }
  expectTypeOf(make).toBeFunction()
})

test("a factory without fields needs no data, and one with fields does", () => {
  expectTypeOf(callbackData("close")()).toBeString()
  const item = callbackData("item", { id: "int" })
  // @ts-expect-error: a missing field
  item({})
  // @ts-expect-error: a wrong type
  item({ id: "1" })
  // @ts-expect-error: an unknown kind
  callbackData("item", { id: "integer" })
})

test("the methods of a keyboard return it with its type", () => {
  const made = inlineKeyboard()
    .row()
    .url("a", "b")
    .when(true, (k) => k.text("a", "b"))
    .columns(2)
  expectTypeOf(made).toEqualTypeOf(inlineKeyboard())
})
