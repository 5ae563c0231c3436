import { expectTypeOf, test } from "vitest"
import { z } from "zod"
import { deepLink, type DeepLinkRight, startParameter } from "../../src/deep-link/index.js"
import { type Context, Router } from "../../src/dispatch/index.js"

const router = new Router()

test("the data of a start parameter have the types of their fields, next to derived values", () => {
  const item = startParameter("item", { id: "int", kind: ["a", "b"], note: "text?" })
  item.handle(router.decorate({ app: "shop" }), (ctx) => {
    expectTypeOf(ctx.data).toEqualTypeOf<{
      id: number
      kind: "a" | "b"
      note?: string | undefined
    }>()
    expectTypeOf(ctx.app).toBeString()
    expectTypeOf(ctx.argument).toBeString()
    expectTypeOf(ctx.chat.id).toBeNumber()
  })
})

test("data with a text, signed data and those of a schema need a context", () => {
  const item = startParameter("item", { id: "int", note: "text?" })
  expectTypeOf(item({ id: 1 })).toBeString()
  // @ts-expect-error: a text may be too long
  item({ id: 1, note: "x" })
  const signed = startParameter("signed", { id: "int" }, { signed: true })
  // @ts-expect-error: the hash needs the token of the bot
  signed({ id: 1 })
  const order = startParameter("order", z.object({ id: z.number() }))
  // @ts-expect-error: the data of a schema may be too long
  order({ id: 1 })
  const make = (ctx: Context) => {
    item({ id: 1, note: "x" }, ctx)
    signed({ id: 1 }, ctx)
    order({ id: 1 }, ctx)
  }
  expectTypeOf(make).toBeFunction()
})

test("a link has Telegram's parameters and rights", () => {
  expectTypeOf<"delete_messages" | "anonymous">().toExtend<DeepLinkRight>()
  // @ts-expect-error: no such right
  deepLink("my_bot", { startgroup: true, admin: ["can_delete_messages"] })
  // @ts-expect-error: a private chat needs a text
  deepLink("my_bot", { start: true })
})
