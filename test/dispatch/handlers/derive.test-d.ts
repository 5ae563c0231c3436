import { describe, expectTypeOf, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import {
  type Context,
  type Deriver,
  Dispatcher,
  type ExtraOf,
  filters,
  type Plugin,
  Router,
} from "../../../src/dispatch/index.js"
import type { User } from "../../../src/telegram/types.js"
import { shop, type ShopDatabase } from "./shop-app.js"

const dispatcher = new Dispatcher({ bot: new Bot("1:a") })

describe("derived values", () => {
  test("are inferred in another file, for every way to register a handler", () => {
    shop.command("me", (ctx) => {
      expectTypeOf(ctx.customer.name).toEqualTypeOf<string>()
      expectTypeOf(ctx.db).toEqualTypeOf<ShopDatabase>()
      expectTypeOf(ctx.argument).toEqualTypeOf<string>()
      expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
    })
    shop.command(/^view_(\w+)$/, (ctx) => expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>())
    shop.command("a", (ctx) => expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>(), {
      captions: true,
    })
    shop.command("a", filters.chatType("private"), (ctx) => {
      expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>()
      expectTypeOf(ctx.chat.type).toEqualTypeOf<"private">()
    })
    shop.on(filters.regex(/(x)/), (ctx) => {
      expectTypeOf(ctx.match).toEqualTypeOf<RegExpExecArray>()
      expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>()
    })
    shop.callbackQuery(/x/, (ctx) => expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>())
    shop.callbackQuery("x", (ctx) => expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>())
    shop.inlineQuery((ctx) => expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>())
    shop.pollAnswer((ctx) => expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>())
    shop.message(filters.photo, (ctx) => {
      expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>()
      expectTypeOf(ctx.message.photo).not.toEqualTypeOf<undefined>()
    })
    shop.group(1).use((ctx, next) => {
      expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>()
      return next()
    })
    shop.use((ctx) => {
      expectTypeOf(ctx).not.toBeAny()
      expectTypeOf(ctx.from).toEqualTypeOf<User | undefined>()
      if (ctx.matches(filters.text)) expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>()
      // @ts-expect-error nothing derives a cart
      ctx.cart
    })
  })

  test("can be absent in an error handler", () => {
    shop.catch((error, ctx) => {
      expectTypeOf(error.cause).toEqualTypeOf<unknown>()
      expectTypeOf(ctx.customer?.credit).toEqualTypeOf<number | undefined>()
      // @ts-expect-error the derivation may have failed
      ctx.customer.credit
    })
  })

  test("exist only in their router", () => {
    dispatcher.derive(() => ({ here: 1 }))
    dispatcher.use((ctx) => {
      // @ts-expect-error only handlers of the derived router have it
      ctx.here
    })
  })

  test("cannot come from a function that may return undefined, or no object", () => {
    // @ts-expect-error a handler would have no values
    dispatcher.derive((ctx) => (ctx.from ? { user: ctx.from } : undefined))
    // @ts-expect-error a text has no names
    dispatcher.derive(() => "user")
    // @ts-expect-error no promise of a text either
    dispatcher.derive(async () => "user")
    // @ts-expect-error an array has no names
    dispatcher.derive(() => [1])
    // @ts-expect-error a number is no object
    dispatcher.decorate(5)
  })

  test("cannot have the name of a member of a context", () => {
    // @ts-expect-error every context has `message`
    dispatcher.derive(() => ({ message: "x" }))
    // @ts-expect-error every context has `reply`
    dispatcher.derive(async () => ({ user: 1, reply: () => {} }))
    // @ts-expect-error the context of a pattern has `match`
    dispatcher.decorate({ match: 1 })
    // @ts-expect-error the context of a command has `args`
    dispatcher.decorate({ args: [] })
  })

  test("of an inner router narrow outer ones of the same name", () => {
    const outer = dispatcher.derive((ctx) => ({ user: ctx.from }))
    const inner = outer.derive((ctx) => {
      if (!ctx.user) throw new Error("Nobody")
      return { user: ctx.user }
    })
    inner.use((ctx) => expectTypeOf(ctx.user).toEqualTypeOf<User>())
  })

  test("come from an object that sees the end of the update", () => {
    const cart: Deriver<{ cart: string[] }, { db: ShopDatabase }> = {
      derive: (ctx) => ({ cart: [String(ctx.db)] }),
      beforeDone: (ctx, values) => expectTypeOf(ctx.cart).toEqualTypeOf(values.cart),
    }
    shop.derive(cart).use((ctx) => expectTypeOf(ctx.cart).toEqualTypeOf<string[]>())
    // @ts-expect-error nothing derives a database here
    dispatcher.derive(cart)
    const inferred = dispatcher.derive({
      derive: async (ctx) => ({ id: ctx.update.update_id }),
      beforeDone(ctx, { id }) {
        expectTypeOf(id).toEqualTypeOf<number>()
        expectTypeOf(ctx.id).toEqualTypeOf<number>()
      },
    })
    inferred.use((ctx) => expectTypeOf(ctx.id).toEqualTypeOf<number>())
  })
})

describe("a router that expects values", () => {
  const expecting = new Router<{ db: ShopDatabase }>()

  test("can be mounted only where they are derived", () => {
    shop.use(expecting)
    shop.group(1).use(expecting)
    expecting.use(new Router<{ db: ShopDatabase }>())
    // @ts-expect-error nothing derives a database here
    dispatcher.use(expecting)
    // @ts-expect-error this database is a text
    dispatcher.decorate({ db: "x" }).use(expecting)
    // @ts-expect-error no router
    dispatcher.use({})
    // @ts-expect-error the router of derive stands in its place already, where its values are derived
    new Router().use(shop)
  })

  test("can be mounted anywhere if it expects none", () => {
    dispatcher.use(new Router())
    shop.use(new Router())
    expecting.use(new Router())
  })

  test("a function of a plain router takes any router", () => {
    const register = (router: Router) => router.command("start", (ctx) => ctx.reply("x"))
    register(dispatcher)
    register(shop)
    register(expecting)
  })

  test("a function of a router with values takes only a router with them", () => {
    const register = (router: Router<{ db: ShopDatabase }>) => router.use((ctx) => ctx.db)
    register(shop)
    register(expecting)
    // @ts-expect-error it has no database
    register(dispatcher)
  })
})

describe("a plug-in", () => {
  test("adds values to a router, and keeps those that it has", () => {
    const withTime = <X extends object>(router: Router<X>) =>
      router.derive(() => ({ time: new Date() }))
    const both = withTime(shop)
    both.use((ctx) => {
      expectTypeOf(ctx.time).toEqualTypeOf<Date>()
      expectTypeOf(ctx.customer.credit).toEqualTypeOf<number>()
    })
    withTime(dispatcher).use((ctx) => expectTypeOf(ctx.time).toEqualTypeOf<Date>())
  })

  test("that needs values declares so in its type", () => {
    const withRole: Plugin<{ db: ShopDatabase }, { role: string }> = (router) =>
      router.derive((ctx) => ({ role: String(ctx.db) }))
    withRole(shop).use((ctx) => expectTypeOf(ctx.role).toEqualTypeOf<string>())
    // @ts-expect-error it has no database
    withRole(dispatcher)
  })

  test("mounts plain routers on any router", () => {
    const plugin = <X extends object>(router: Router<X>) => router.use(new Router())
    plugin(shop)
  })

  test("the values of a router have a type", () => {
    expectTypeOf<ExtraOf<typeof shop>["db"]>().toEqualTypeOf<ShopDatabase>()
    const greet = (ctx: Context & ExtraOf<typeof shop>) => ctx.reply(ctx.customer.name)
    shop.use(greet)
  })
})
