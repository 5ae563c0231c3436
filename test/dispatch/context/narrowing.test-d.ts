import { describe, expectTypeOf, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import {
  type CommandContext,
  type Context,
  Dispatcher,
  filters,
  Router,
} from "../../../src/dispatch/index.js"
import type { CallbackQuery, Chat, Message, Update, User } from "../../../src/telegram/types.js"
import type { UpdateType } from "../../../src/telegram/api.js"

const dispatcher = new Dispatcher({ bot: new Bot("1:a") })
const { and, or, not, text, photo, chatType, edited, channelPost, regex } = filters
const mine = (update: Update) => update.update_id > 3

describe("the handler's context has the type that its filter proves", () => {
  test("a text is a string", () => {
    dispatcher.on(text, (ctx) => {
      expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
      expectTypeOf(ctx.message).not.toBeAny()
      expectTypeOf(ctx.from).toEqualTypeOf<User>()
      expectTypeOf(ctx.updateType).toEqualTypeOf<"message">()
      expectTypeOf(ctx.update.message.text).toEqualTypeOf<string>()
      // @ts-expect-error nothing says that there is a caption
      ctx.message.caption.length
      return ctx.reply(ctx.message.text)
    })
  })

  test("a function that is no guard narrows nothing", () => {
    dispatcher.on(mine, (ctx) => {
      expectTypeOf(ctx.message).toEqualTypeOf<Message | undefined>()
      expectTypeOf(ctx.chat).toEqualTypeOf<Chat | undefined>()
      expectTypeOf(ctx.updateType).toEqualTypeOf<UpdateType | undefined>()
      expectTypeOf(ctx.update).toEqualTypeOf<Update>()
      expectTypeOf(ctx.update).not.toBeAny()
    })
  })

  test("a user's own guard narrows", () => {
    const fromAda = (update: Update): update is Update & { message: Message & { text: "Ada" } } =>
      update.message?.text === "Ada"
    dispatcher.on(fromAda, (ctx) => expectTypeOf(ctx.message.text).toEqualTypeOf<"Ada">())
  })

  test("`and` proves what each of its filters proves", () => {
    dispatcher.on(and(text, mine, chatType("private")), (ctx) => {
      expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
      expectTypeOf(ctx.message.chat.type).toEqualTypeOf<"private">()
      expectTypeOf(ctx.chat.first_name).toEqualTypeOf<string>()
    })
  })

  test("`or` proves what all of its filters prove", () => {
    dispatcher.on(or(text, photo), (ctx) => {
      expectTypeOf(ctx.message.message_id).toEqualTypeOf<number>()
      expectTypeOf(ctx.message.text).toEqualTypeOf<string | undefined>()
    })
    dispatcher.on(or(text, edited(text)), (ctx) => {
      expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
      expectTypeOf(ctx.updateType).toEqualTypeOf<"message" | "edited_message">()
    })
    dispatcher.on(or(text, mine), (ctx) => {
      // @ts-expect-error the other one promises no message
      ctx.message.text
    })
  })

  test("`not` proves nothing", () => {
    dispatcher.on(not(text), (ctx) =>
      expectTypeOf(ctx.message).toEqualTypeOf<Message | undefined>(),
    )
  })

  test("lifts keep the proofs about the message", () => {
    dispatcher.on(edited(and(text, chatType("private"))), (ctx) => {
      expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
      expectTypeOf(ctx.message.edit_date).toEqualTypeOf<number>()
      expectTypeOf(ctx.editedMessage.text).toEqualTypeOf<string>()
      // @ts-expect-error it is not a new message
      ctx.update.message.text
    })
    dispatcher.on(channelPost(photo), (ctx) => {
      expectTypeOf(ctx.chat).toExtend<Chat.ChannelChat>()
      expectTypeOf(ctx.message.photo).not.toBeAny()
    })
    dispatcher.on(edited(mine), (ctx) => {
      expectTypeOf(ctx.message.edit_date).toEqualTypeOf<number>()
      expectTypeOf(ctx.message.text).toEqualTypeOf<string | undefined>()
    })
  })

  test("`ctx.matches` narrows the context", () => {
    dispatcher.use((ctx, next) => {
      if (!ctx.matches(text)) return next()
      expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
      return undefined
    })
  })
})

describe("members of some handlers' contexts", () => {
  test("`ctx.match` exists with a pattern", () => {
    dispatcher.callbackQuery(/^page:(\d+)$/, (ctx) => ctx.answer(`page ${ctx.match[1]}`))
    dispatcher.callbackQuery(/x/, (ctx) => expectTypeOf(ctx.match).toEqualTypeOf<RegExpExecArray>())
    dispatcher.inlineQuery(/x/, (ctx) =>
      expectTypeOf(ctx.match[1]).toEqualTypeOf<string | undefined>(),
    )
    dispatcher.on(regex(/x/), (ctx) => expectTypeOf(ctx.match).toEqualTypeOf<RegExpExecArray>())
    dispatcher.on(and(text, regex(/x/)), (ctx) => {
      expectTypeOf(ctx.match).toEqualTypeOf<RegExpExecArray>()
      expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
    })
    dispatcher.callbackQuery("data", (ctx) => {
      // @ts-expect-error a string finds nothing
      ctx.match
    })
    dispatcher.on(text, (ctx) => {
      // @ts-expect-error no pattern
      ctx.match
    })
  })

  test("`ctx.args` exists with a command", () => {
    dispatcher.command("start", (ctx) => {
      expectTypeOf(ctx.args).toEqualTypeOf<readonly string[]>()
      expectTypeOf(ctx.argument).toEqualTypeOf<string>()
      expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
    })
    dispatcher.command(["a", "b"], chatType("private"), (ctx) => {
      expectTypeOf(ctx.args).toEqualTypeOf<readonly string[]>()
      expectTypeOf(ctx.chat.type).toEqualTypeOf<"private">()
    })
    dispatcher.on(text, (ctx) => {
      // @ts-expect-error no command
      ctx.args
    })
  })

  test("`ctx.answer` takes what the update asks for, and is unavailable otherwise", () => {
    dispatcher.callbackQuery("x", async (ctx) => {
      expectTypeOf(ctx.callbackQuery).toExtend<CallbackQuery>()
      expectTypeOf(await ctx.answer({ text: "x", show_alert: true })).toEqualTypeOf<true>()
      await ctx.answer()
      // @ts-expect-error Telegram fills in the id
      await ctx.answer({ callback_query_id: "1" })
      // @ts-expect-error results answer an inline query
      await ctx.answer([])
    })
    dispatcher.inlineQuery(async (ctx) => {
      await ctx.answer([], { cache_time: 0 })
      // @ts-expect-error an inline query is answered with results
      await ctx.answer("text")
    })
    dispatcher.shippingQuery(async (ctx) => {
      await ctx.answer({ ok: false, error_message: "Too far" })
      // @ts-expect-error it is a yes or a no
      await ctx.answer()
    })
    dispatcher.preCheckoutQuery((ctx) => ctx.answer())
    dispatcher.on(text, (ctx) => {
      // @ts-expect-error a text asks nothing
      void ctx.answer("x")
    })
    dispatcher.use((ctx) => {
      // @ts-expect-error it is not known what is asked
      void ctx.answer()
    })
  })

  test("options have Telegram's names, and ids can be given", () => {
    dispatcher.on(text, async (ctx) => {
      await ctx.reply("x", { parse_mode: "HTML", message_thread_id: 3 })
      // @ts-expect-error camelCase is not Telegram's
      await ctx.reply("x", { parseMode: "HTML" })
      // @ts-expect-error the text stands before the options
      await ctx.reply("x", { text: "y" })
      // @ts-expect-error not a reaction that Telegram has
      await ctx.react("x")
      expectTypeOf(await ctx.reply("x")).toEqualTypeOf<Message.TextMessage>()
      expectTypeOf(ctx.replyWithPhoto).returns.resolves.toEqualTypeOf<Message.PhotoMessage>()
    })
  })
})

describe("the methods of the update types", () => {
  test("each narrows to its type", () => {
    const router = new Router()
    router.message((ctx) => expectTypeOf(ctx.message).toExtend<Message>())
    router.message(photo, (ctx) => expectTypeOf(ctx.message.photo).not.toEqualTypeOf<undefined>())
    router.myChatMember((ctx) => expectTypeOf(ctx.myChatMember).not.toEqualTypeOf<undefined>())
    router.pollAnswer((ctx) => {
      expectTypeOf(ctx.updateType).toEqualTypeOf<"poll_answer">()
      expectTypeOf(ctx.callbackQuery).toEqualTypeOf<CallbackQuery | undefined>()
    })
    // @ts-expect-error there is no such type
    router.telepathy(() => {})
  })

  test("a narrowed context is a context, and not vice versa", () => {
    expectTypeOf<CommandContext>().toExtend<Context>()
    expectTypeOf<Context<Update & { message: Message }>>().toExtend<Context>()
    expectTypeOf<Context<Update & { callback_query: CallbackQuery }>>().toExtend<Context>()
    expectTypeOf<Context>().not.toExtend<Context<Update & { message: Message }>>()
    expectTypeOf<Context>().not.toBeAny()
  })
})
