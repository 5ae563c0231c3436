import { describe, expect, test, vi } from "vitest"
import { z } from "zod"
import { Router } from "../../src/dispatch/index.js"
import { callbackData, inlineKeyboard } from "../../src/keyboard/index.js"
import { pressUpdate } from "../support/updates.js"
import { peopleEach, untilIdle } from "../support/people.js"

const people = peopleEach()
const longName = "Овощи и фрукты, самые свежие в городе"
const tooOld = "This button is too old."

/** Lets a person press a button with forged data, as a modified client can. */
async function forge(data: string, fields: object = {}): Promise<void> {
  const { bot, queue } = people
  await queue.put({ botId: bot.id, update: pressUpdate(data, fields) })
  await untilIdle(people)
}

function lastAnswer(): unknown {
  return people.calls("answerCallbackQuery").at(-1)?.params["text"]
}

/** Lets Ada send the first inline result to a group in which Bob is. */
async function sentInline(query: string) {
  const { telegram, ada, bob } = people
  const group = telegram.supergroup({ title: "Friends" }, ada)
  await bob.join(group)
  const typed = await ada.type(`@suite_bot ${query}`)
  return ada.choose(await typed.answered, "1", group)
}

/** Registers a shop whose categories have long names. */
function shop(options: { readonly ttlMs?: number; readonly signed?: true | "user" } = {}) {
  const category = callbackData("category", { name: "text", page: "int?" }, options)
  const register = () => {
    people.dispatcher.command("shop", (ctx) =>
      ctx.reply("Shop", {
        reply_markup: inlineKeyboard()
          .text("Veg", category({ name: longName }, ctx))
          .text("Tea", category({ name: "Чай", page: 2 }, ctx)),
      }),
    )
    people.dispatcher.callbackQuery(category, (ctx) =>
      ctx.answer(`${ctx.data.name} ${ctx.data.page ?? "-"}`),
    )
  }
  register()
  return { category, register }
}

describe("a press", () => {
  test("reaches the handler of its factory with typed data", async () => {
    const vote = callbackData("vote", { id: "int", up: "bool", kind: ["tea", "milk"] })
    people.dispatcher.command("start", (ctx) =>
      ctx.reply("Well?", {
        reply_markup: inlineKeyboard()
          .text("Yes", vote({ id: -7, up: true, kind: "milk" }))
          .text("No", vote({ id: Number.MAX_SAFE_INTEGER, up: false, kind: "tea" })),
      }),
    )
    people.dispatcher.callbackQuery(vote, (ctx) => ctx.answer(JSON.stringify(ctx.data)))
    await people.updater.startPolling()
    const asked = await people.ask(people.ada, "/start")
    expect(await people.answerTo(people.ada, asked, "Yes")).toBe(
      '{"id":-7,"up":true,"kind":"milk"}',
    )
    expect(await people.answerTo(people.ada, asked, "No")).toBe(
      '{"id":9007199254740991,"up":false,"kind":"tea"}',
    )
  })

  test("goes to the first handler whose `where` its data meet", async () => {
    const vote = callbackData("vote", { id: "int", up: "bool" })
    const { dispatcher } = people
    dispatcher.callbackQuery(vote.where({ up: true, id: 3 }), (ctx) => ctx.answer("up 3"))
    dispatcher.callbackQuery(vote.where({ up: true }), (ctx) => ctx.answer(`up ${ctx.data.id}`))
    dispatcher.callbackQuery(vote, (ctx) => ctx.answer(`down ${ctx.data.id}`))
    await people.updater.startPolling()
    const answers = []
    for (const data of [
      vote({ id: 3, up: true }),
      vote({ id: 4, up: true }),
      vote({ id: 5, up: false }),
    ]) {
      await forge(data)
      answers.push(lastAnswer())
    }
    expect(answers).toEqual(["up 3", "up 4", "down 5"])
  })

  test("keeps the order of registration among exact data, patterns and factories", async () => {
    const vote = callbackData("vote", { id: "int" })
    const seen: string[] = []
    const { dispatcher } = people
    const noting = (name: string) => async (_: unknown, next: () => Promise<void>) => {
      seen.push(name)
      await next()
    }
    dispatcher.callbackQuery(/^vote:/, noting("pattern"))
    dispatcher.callbackQuery(vote, noting("factory"))
    dispatcher.callbackQuery(vote({ id: 1 }), noting("exact"))
    dispatcher.callbackQuery(vote, noting("factory again"))
    await people.updater.startPolling()
    await forge(vote({ id: 1 }))
    expect(seen).toEqual(["pattern", "factory", "exact", "factory again"])
  })

  test("reaches a handler of a derived router with both values, and can be removed", async () => {
    const vote = callbackData("vote", { id: "int" })
    const app = people.dispatcher.decorate({ name: "app" })
    const registration = app.callbackQuery(vote, (ctx) => ctx.answer(`${ctx.name} ${ctx.data.id}`))
    await people.updater.startPolling()
    await forge(vote({ id: 1 }))
    expect(lastAnswer()).toBe("app 1")
    registration.remove()
    people.dispatcher.callbackQuery("other", () => {})
    await forge(vote({ id: 1 }))
    expect(lastAnswer()).toBe(tooOld)
  })

  test("from a message sent inline (no chat), or in callback_query_mode inline, is routed by its data alone", async () => {
    const vote = callbackData("vote", { id: "int" })
    const chats: unknown[] = []
    people.dispatcher.inlineQuery((ctx) => {
      const input_message_content = { message_text: "Vote" }
      const reply_markup = inlineKeyboard().text("Yes", vote({ id: 5 }))
      const result = { type: "article" as const, id: "1", title: "Vote", reply_markup }
      return ctx.answer([{ ...result, input_message_content }])
    })
    people.dispatcher.callbackQuery(vote, async (ctx) => {
      chats.push(ctx.chat)
      await ctx.edit(`Voted ${ctx.data.id}`)
      await ctx.answer("Thanks")
    })
    await people.updater.startPolling()
    const { bob } = people
    const sent = await sentInline("vote")
    expect(await people.answerTo(bob, sent, "Yes")).toBe("Thanks")
    expect(chats).toEqual([undefined])
    await forge(vote({ id: 6 }), { message: undefined, inline_message_id: "x" })
    expect(chats).toEqual([undefined, undefined])
  })
})

describe("data of more than 64 bytes", () => {
  test("are stored with the update, and only their key is in the button", async () => {
    shop()
    await people.updater.startPolling()
    const asked = await people.ask(people.ada, "/shop")
    const [[veg, tea] = []] = asked.reply_markup?.inline_keyboard ?? []
    expect(veg).toMatchObject({ callback_data: expect.stringMatching(/^category:\*[\w-]{22}$/) })
    expect(tea).toMatchObject({ callback_data: expect.stringMatching(/^category:..Чай:2$/) })
    await vi.waitFor(() => expect(people.queue.state.size).toBe(1))
    expect(await people.answerTo(people.ada, asked, "Veg")).toBe(`${longName} -`)
    expect(await people.answerTo(people.ada, asked, "Tea")).toBe("Чай 2")
  })

  test("are gone after ttlMs: the button says that it is too old", async () => {
    shop({ ttlMs: 1 })
    await people.updater.startPolling()
    const asked = await people.ask(people.ada, "/shop")
    await vi.waitFor(async () => {
      expect(await people.answerTo(people.ada, asked, "Veg")).toBe(tooOld)
    })
    expect(await people.answerTo(people.ada, asked, "Tea")).toBe("Чай 2")
  })

  test("do not remain if the send of their message has failed", async () => {
    shop()
    people.dispatcher.catch(() => {})
    people.telegram.fault("sendMessage", { status: 400, description: "Bad Request: no" })
    await people.updater.startPolling()
    await people.ada.send(people.account, "/shop")
    await vi.waitFor(() => expect(people.calls("sendMessage")).toHaveLength(1))
    await untilIdle(people)
    expect(people.queue.state.size).toBe(0)
  })

  test("can be made outside of handlers", async () => {
    const { category } = shop()
    const { bot, queue, ada } = people
    await people.updater.startPolling()
    const packer = category.at(queue, { bot })
    const asked = await people.ask(ada, "/shop")
    const reply_markup = inlineKeyboard()
      .text("Long", await packer.pack({ name: `${longName}!` }))
      .text("Short", await packer.pack({ name: "x" }))
    await bot.sendMessage({ chat_id: asked.chat.id, text: "New", reply_markup })
    const heard = await ada.hears()
    expect(await people.answerTo(ada, heard, "Long")).toBe(`${longName}! -`)
    expect(await people.answerTo(ada, heard, "Short")).toBe("x -")
  })

  test("of a forged key are too old, and so are those of another factory", async () => {
    const { category } = shop()
    const other = callbackData("other", { name: "text" })
    people.dispatcher.callbackQuery(other, (ctx) => ctx.answer(ctx.data.name))
    const { bot, queue } = people
    await people.updater.startPolling()
    const stored = await category.at(queue, { bot }).pack({ name: longName })
    for (const data of [
      "category:*AAAAAAAAAAAAAAAAAAAAAA",
      "category:*",
      "category:*__proto__",
      stored.replace("category", "other"),
    ]) {
      await forge(data)
      expect([data, lastAnswer()]).toEqual([data, tooOld])
    }
    await forge(stored)
    expect(lastAnswer()).toBe(`${longName} -`)
  })

  test("are refused without a context, however short they are", () => {
    const category = callbackData("category", { name: "text?", page: "int" })
    expect(category({ page: 1 })).toMatch(/^category:/)
    expect(() => category({ name: "a", page: 1 } as never)).toThrow(/category\(data, ctx\)/)
    const many = callbackData("a-long-prefix", { a: "int", b: "int", c: "int", d: "int", e: "int" })
    expect(() => many({ a: 1, b: 2, c: 3, d: 4, e: 5 })).toThrow(/64 bytes/)
    expect(() => category({ page: 1 }, {} as never)).toThrow(/`ctx`/)
  })
})

describe("invalid data", () => {
  test.each(["vote:", "vote", "vote:x", "vote:\0", "vote:zz1:1", "\0unmatched", "vote:AA~"])(
    "%j never throw: the press says that the button is too old",
    async (data) => {
      const vote = callbackData("vote", { id: "int", up: "bool" })
      people.dispatcher.callbackQuery(vote, (ctx) => ctx.answer("valid"))
      await people.updater.startPolling()
      await forge(data)
      expect(lastAnswer()).toBe(tooOld)
      expect(people.logger.lines.filter((line) => /^(warn|error)/.test(line))).toEqual([])
    },
  )

  test("reach `invalidCallbackData`, which may be of any router and language", async () => {
    const { dispatcher } = people
    dispatcher.callbackQuery(callbackData("vote", { id: "int" }), (ctx) => ctx.answer("valid"))
    const app = new Router()
    dispatcher.use((_ctx, next) => next())
    app.decorate({ text: "Zu alt" }).invalidCallbackData((ctx) => ctx.answer(ctx.text))
    dispatcher.group(3).use(app)
    await people.updater.startPolling()
    await forge("vote:!")
    expect(lastAnswer()).toBe("Zu alt")
    await forge("gone")
    expect(lastAnswer()).toBe("Zu alt")
  })

  test("are left to a handler of all presses, in any group", async () => {
    const { dispatcher } = people
    dispatcher.callbackQuery(callbackData("vote", { id: "int" }), (ctx) => ctx.answer("valid"))
    dispatcher.invalidCallbackData((ctx) => ctx.answer("invalid"))
    dispatcher.group(1).callbackQuery((ctx) => ctx.answer("all"))
    await people.updater.startPolling()
    await forge("vote:!")
    expect(people.calls("answerCallbackQuery")).toHaveLength(1)
    expect(lastAnswer()).toBe("all")
  })
})

describe("a schema that changed", () => {
  const packed = callbackData("item", { id: "int", count: "int" })({ id: 7, count: 2 })

  test.each([
    [
      "with an optional field added",
      { id: "int", count: "int", note: "text?" },
      { id: 7, count: 2 },
    ],
    ["with a field that is optional now", { id: "int", count: "int?" }, { id: 7, count: 2 }],
    ["with a field removed", { id: "int" }, tooOld],
    ["with a field renamed", { id: "int", number: "int" }, tooOld],
    ["with fields in another order", { count: "int", id: "int" }, tooOld],
    ["with a required field added", { id: "int", count: "int", up: "bool" }, tooOld],
    ["with another kind", { id: "int", count: "bool" }, tooOld],
  ] as const)("%s", async (_, fields, expected) => {
    const item = callbackData<Record<string, "int">>("item", fields as never)
    people.dispatcher.callbackQuery(item, (ctx) => ctx.answer(JSON.stringify(ctx.data)))
    await people.updater.startPolling()
    await forge(packed)
    expect(lastAnswer()).toBe(typeof expected === "string" ? expected : JSON.stringify(expected))
  })

  test("a field removed from the middle is not taken for the one after it", async () => {
    const old = callbackData("item", { a: "int", b: "int?", c: "int?" })({ a: 1, b: 4 })
    const item = callbackData("item", { a: "int", c: "int?" })
    people.dispatcher.callbackQuery(item, (ctx) => ctx.answer(JSON.stringify(ctx.data)))
    await people.updater.startPolling()
    await forge(old)
    expect(lastAnswer()).toBe(tooOld)
  })

  test("data of a Standard Schema are checked when they are made, and at the press", async () => {
    const order = callbackData("order", z.object({ items: z.array(z.string()), gift: z.boolean() }))
    const strict = callbackData("order", z.object({ items: z.array(z.string()).max(1) }))
    people.dispatcher.command("order", (ctx) =>
      ctx.reply("Order?", {
        reply_markup: inlineKeyboard()
          .text("Short", order({ items: ["a"], gift: true }, ctx))
          .text("Long", order({ items: [longName, longName], gift: false }, ctx)),
      }),
    )
    const answering = people.dispatcher.callbackQuery(order, (ctx) =>
      ctx.answer(`${ctx.data.items.length} ${ctx.data.gift}`),
    )
    await people.updater.startPolling()
    const asked = await people.ask(people.ada, "/order")
    expect(await people.answerTo(people.ada, asked, "Short")).toBe("1 true")
    expect(await people.answerTo(people.ada, asked, "Long")).toBe("2 false")
    answering.remove()
    people.dispatcher.callbackQuery(strict, (ctx) => ctx.answer(`${ctx.data.items.length}`))
    expect(await people.answerTo(people.ada, asked, "Short")).toBe("1")
    expect(await people.answerTo(people.ada, asked, "Long")).toBe(tooOld)
  })
})

describe("signed data", () => {
  test("are valid in their chat only, also if they are stored", async () => {
    shop({ signed: true })
    await people.updater.startPolling()
    const asked = await people.ask(people.ada, "/shop")
    const [[veg, tea] = []] = asked.reply_markup?.inline_keyboard ?? []
    expect(await people.answerTo(people.ada, asked, "Veg")).toBe(`${longName} -`)
    expect(await people.answerTo(people.ada, asked, "Tea")).toBe("Чай 2")
    for (const button of [veg, tea]) {
      const data = (button as { callback_data: string }).callback_data
      // The chat of `pressUpdate` is another one.
      await forge(data)
      expect(lastAnswer()).toBe(tooOld)
      await forge(data.slice(0, -1) + (data.endsWith("3") ? "4" : "3"))
      expect(lastAnswer()).toBe(tooOld)
    }
  })

  test("for a user are valid for no other user of the chat", async () => {
    const { telegram, dispatcher, ada, bob, account } = people
    const group = telegram.supergroup({ title: "Club" }, ada, account)
    await bob.join(group)
    const mine = callbackData("mine", { id: "int" }, { signed: "user" })
    dispatcher.command("mine", (ctx) =>
      ctx.reply("Yours", { reply_markup: inlineKeyboard().text("Go", mine({ id: 1 }, ctx)) }),
    )
    dispatcher.callbackQuery(mine, (ctx) => ctx.answer("Yes"))
    await people.updater.startPolling()
    await ada.send(group, "/mine")
    const asked = await ada.hears()
    expect(await people.answerTo(bob, asked, "Go")).toBe(tooOld)
    expect(await people.answerTo(ada, asked, "Go")).toBe("Yes")
  })

  test("for a message sent inline are valid for the user who sent it", async () => {
    const mine = callbackData("mine", { id: "int" }, { signed: true })
    people.dispatcher.inlineQuery((ctx) => {
      const input_message_content = { message_text: "Mine" }
      const reply_markup = inlineKeyboard().text("Go", mine({ id: 1 }, ctx))
      const result = { type: "article" as const, id: "1", title: "Mine", reply_markup }
      return ctx.answer([{ ...result, input_message_content }])
    })
    people.dispatcher.callbackQuery(mine, (ctx) => ctx.answer("Yes"))
    await people.updater.startPolling()
    const { ada, bob } = people
    const sent = await sentInline("mine")
    expect(await people.answerTo(bob, sent, "Go")).toBe(tooOld)
    expect(await people.answerTo(ada, sent, "Go")).toBe("Yes")
  })

  test("need a context, or a place with the chat", async () => {
    const mine = callbackData("mine", { id: "int" }, { signed: true })
    const { bot, queue } = people
    expect(() => (mine as unknown as (data: object) => string)({ id: 1 })).toThrow(/signed/)
    await expect(mine.at(queue, { bot }).pack({ id: 1 })).rejects.toThrow(/place with a chat/)
    expect(await mine.at(queue, { bot, chatId: 7 }).pack({ id: 1 })).toHaveLength(19)
  })
})

describe("registration", () => {
  test.each([
    ["vote", "vote", /one definition/],
    ["vote", "voter", /rename/],
    ["voter", "vote", /rename/],
  ])("two factories %s and %s are refused", (one, other, reason) => {
    const { dispatcher } = people
    const [first, second] = [callbackData(one), callbackData(other)]
    const nested = new Router()
    nested.callbackQuery(first, () => {})
    dispatcher.use(nested)
    dispatcher.callbackQuery(first, () => {})
    expect(() => dispatcher.callbackQuery(second, () => {})).toThrow(TypeError)
    expect(() => dispatcher.callbackQuery(second, () => {})).toThrow(reason)
    const apart = new Router()
    apart.callbackQuery(second, () => {})
    expect(() => dispatcher.use(apart)).toThrow(reason)
  })

  test("a refused router changes nothing, and a removed factory frees its prefix", () => {
    const { dispatcher } = people
    const first = dispatcher.callbackQuery(callbackData("vote"), () => {})
    const second = callbackData("vote")
    expect(() => dispatcher.callbackQuery(second, () => {})).toThrow(TypeError)
    expect(dispatcher.handlerCount).toBe(1)
    first.remove()
    dispatcher.callbackQuery(second, () => {})
    expect(dispatcher.handlerCount).toBe(1)
  })

  test.each<[string, () => unknown]>([
    ["an empty prefix", () => callbackData("")],
    ["a prefix with a colon", () => callbackData("a:b")],
    ["a long prefix", () => callbackData("a".repeat(33))],
    ["an unknown kind", () => callbackData("a", { id: "integer" as "int" })],
    ["no words", () => callbackData("a", { id: [] })],
    ["a wrong ttlMs", () => callbackData("a", {}, { ttlMs: -1 })],
    ["a wrong signed", () => callbackData("a", {}, { signed: "message" as "chat" })],
    ["a fraction", () => callbackData("a", { id: "int" })({ id: 1.5 })],
    ["an id beyond 2^53", () => callbackData("a", { id: "int" })({ id: 2 ** 53 })],
    ["a missing field", () => callbackData("a", { id: "int" })({} as { id: number })],
    ["an unknown field", () => callbackData("a", { id: "int" })({ id: 1, x: 2 } as { id: number })],
    ["an unknown word", () => callbackData("a", { w: ["x"] })({ w: "y" as "x" })],
    ["a wrong truth value", () => callbackData("a", { up: "bool" })({ up: 1 as never })],
    ["no data", () => callbackData("a", { id: "int" })(null as never)],
  ])("%s is refused", (_, make) => {
    expect(make).toThrow(TypeError)
  })
})
