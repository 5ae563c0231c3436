import { describe, expect, test, vi } from "vitest"
import { ScriptedConversation, WaitTimeout } from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"
import { job } from "../../src/jobs/index.js"
import { session } from "../../src/session/index.js"
import { textIn } from "../support/dispatched.js"
import { group, textUpdate } from "../support/updates.js"
import { adult, registering } from "./registering.js"
import { scriptingEach } from "./scripting.js"

const { stage, bot, run, stop, put, say, pass, settle, stored } = scriptingEach()
const minuteMs = 60_000
const botId = bot.id

test("times and random numbers are the same when the script is called again", async () => {
  const seen: number[][] = []
  const script = new ScriptedConversation("clock", async (talk) => {
    seen.push([talk.now(), talk.now(), talk.random()])
    await talk.waitFor(filters.text)
    seen.push([talk.now()])
  })
  script.entryPoints.command("clock", (ctx) => ctx.dialog.enter())
  run([script])
  await say("/clock")
  await pass(minuteMs)
  await say("x")
  expect(seen[1]).toEqual(seen[0])
  expect(Number(seen[2]?.[0]) - Number(seen[0]?.[0])).toBe(minuteMs)
})

describe("a time-out", () => {
  /** A script that waits for a minute, and says how it went on. */
  function waiting() {
    const quiz = new ScriptedConversation("quiz", async (talk, ctx) => {
      await ctx.reply("1 + 1?")
      try {
        const { message } = await talk.waitFor(filters.text, { timeoutMs: minuteMs })
        await ctx.reply(`You say ${message.text}.`)
      } catch (error) {
        if (!(error instanceof WaitTimeout)) throw error
        await ctx.reply(`Too late since ${error.dueAt.toISOString()}.`)
      }
      await talk.waitFor(filters.text)
      await ctx.reply("Bye.")
    })
    quiz.entryPoints.command("quiz", (ctx) => ctx.dialog.enter())
    return quiz
  }
  const tooLate = "Too late since 2027-03-01T00:01:00.000Z."

  test("rejects the wait by itself, once, and the script goes on", async () => {
    run([waiting()])
    await say("/quiz")
    await pass(minuteMs - 1)
    expect(stage.said).toEqual(["1 + 1?"])
    await pass(1)
    await pass(10 * minuteMs)
    await say("2")
    expect(stage.said).toEqual(["1 + 1?", tooLate, "Bye."])
  })

  test("has no effect after an answer", async () => {
    run([waiting()])
    await say("/quiz", "2")
    await pass(10 * minuteMs)
    expect(stage.said).toEqual(["1 + 1?", "You say 2."])
  })

  test.each([true, false])(
    "against an answer in the same millisecond: the first in the lane counts (answer first: %s)",
    async (isAnswerFirst) => {
      run([waiting()])
      await say("/quiz")
      await stop()
      // The program is stopped, so that both updates wait in the lane.
      const late = () => pass(minuteMs)
      const answer = () => void say("2")
      if (isAnswerFirst) {
        answer()
        await late()
      } else {
        await late()
        answer()
      }
      run([waiting()])
      await settle()
      expect(stage.said).toEqual(
        isAnswerFirst ? ["1 + 1?", "You say 2."] : ["1 + 1?", tooLate, "Bye."],
      )
    },
  )

  test("during an outage of an hour comes once, and says when it was due", async () => {
    run([waiting()])
    await say("/quiz")
    await stop()
    await pass(60 * minuteMs)
    run([waiting()])
    await settle()
    expect(stage.said).toEqual(["1 + 1?", tooLate])
  })

  test("that the script does not catch ends it, and is no failure", async () => {
    run([registering({ timeoutMs: minuteMs }).register])
    await say("/register")
    await pass(minuteMs)
    await say("Ada")
    expect(stage.said).toEqual(["Your name?", "(Ada)"])
    expect(stage.logger.errors).toEqual([])
  })

  test("whose handling fails ends the dialog", async () => {
    stage.answer = ({ params }) => {
      if (String(Reflect.get(params ?? {}, "text")).startsWith("Too late"))
        throw new Error("broken")
    }
    run([waiting()])
    await say("/quiz")
    await pass(minuteMs)
    await say("2")
    expect(stage.said).toEqual(["1 + 1?", "(2)"])
  })

  test("of 10,000 waiting dialogs needs no timers in memory", async () => {
    run([waiting()])
    const before = vi.getTimerCount()
    await Promise.all(
      Array.from({ length: 10_000 }, (_, index) => put(textIn(1_000 + index, "/quiz"))),
    )
    expect(stage.said).toHaveLength(10_000)
    expect(vi.getTimerCount() - before).toBeLessThan(5)
  }, 300_000)
})

describe("a group", () => {
  const askIn = async (chat: object, me?: object) => {
    if (me) bot.use(async (call, next) => (call.method === "getMe" ? me : next()))
    const ask = new ScriptedConversation("ask", async (talk) => {
      await talk.ask("Your age?")
    })
    ask.entryPoints.command("ask", (ctx) => ctx.dialog.enter())
    run([ask])
    await put(textUpdate("/ask", { chat }))
    return stage.calls.at(-1)?.params
  }

  test("gets a question that asks its user to reply, because of the privacy mode", async () => {
    expect(await askIn(group)).toEqual({
      ...{ chat_id: group.id, text: "Your age?" },
      reply_markup: { force_reply: true, selective: true },
      reply_parameters: { message_id: 11, allow_sending_without_reply: true },
    })
  })

  test("is not a private chat, whose question is plain", async () => {
    const chat = { id: 7, type: "private", first_name: "A" }
    expect(await askIn(chat)).toEqual({ chat_id: 7, text: "Your age?" })
  })
})

describe("sessions", () => {
  const cart = session("cart", { initial: () => ({ items: [] as string[] }) })
  const place = { botId, chatId: 7 }

  /** A script that uses the first context and one reference after its waits. */
  function shopping() {
    const shop = new ScriptedConversation(
      "shop",
      async (talk, ctx) => {
        const held = ctx.cart
        held.items.push("bread")
        const { message } = await talk.waitFor(filters.text)
        held.items.push(message.text)
        const answer = await talk.waitFor(filters.text)
        answer.cart.items.push(answer.message.text)
        await ctx.reply(ctx.cart.items.join())
        await talk.waitFor(filters.text)
        ctx.cart = { items: [] }
      },
      { sessions: [cart] },
    )
    shop.entryPoints.command("shop", (ctx) => ctx.dialog.enter())
    return shop
  }

  test("are changed once, by any context and any reference of the script", async () => {
    run([shopping()])
    await say("/shop", "milk", "tea")
    expect(stage.said).toEqual(["bread,milk,tea"])
    expect(await cart.at(stage.queue, place).read()).toEqual({ items: ["bread", "milk", "tea"] })
    await say("x")
    expect(await cart.at(stage.queue, place).read()).toEqual({ items: [] })
  })

  test("that others change meanwhile are read again, and the replay has the former values", async () => {
    run([shopping()])
    await say("/shop", "milk")
    await cart.at(stage.queue, place).update((data) => void data.items.push("wine"))
    await say("tea")
    expect(stage.said).toEqual(["bread,milk,wine,tea"])
    expect(stage.logger.errors).toEqual([])
  })

  test("are stored in the record only if others have changed them", async () => {
    run([shopping()])
    await say("/shop", "milk")
    expect(JSON.stringify(await stored("shop"))).not.toContain("bread")
  })
})

describe("the state of the queue", () => {
  test("is written once, and read as it was when the script is called again", async () => {
    const seen: unknown[] = []
    const script = new ScriptedConversation("count", async (talk, ctx) => {
      const count = Number((await ctx.state.get("count", "a")) ?? 0)
      seen.push(count)
      ctx.state.set("count", "a", count + 1)
      await talk.waitFor(filters.text)
      seen.push(await ctx.state.get("count", "a"))
    })
    script.entryPoints.command("count", (ctx) => ctx.dialog.enter())
    run([script])
    await say("/count", "x")
    expect(seen).toEqual([0, 0, 1])
  })

  test("has the jobs that the script sets once", async () => {
    const remind = job<{ text: string }>("remind")
    const script = new ScriptedConversation("jobs", async (talk, ctx) => {
      await remind.runOnce(ctx, { inMs: minuteMs, data: { text: "first" } })
      await talk.waitFor(filters.text)
      await remind.runOnce(ctx, { inMs: minuteMs, data: { text: "second" } })
      await talk.waitFor(filters.photo)
    })
    script.entryPoints.command("jobs", (ctx) => ctx.dialog.enter())
    remind.handle(run([script]), (ctx) => ctx.reply(ctx.data.text))
    await say("/jobs", "x")
    await pass(10 * minuteMs)
    expect(stage.said).toEqual(["first", "second"])
  })
})

describe("`again`", () => {
  /** A loop without an end. */
  function looping() {
    const loop = new ScriptedConversation(
      "loop",
      async (talk, ctx) => {
        const { message } = await talk.waitFor(filters.text)
        const total = await talk.step("add", () => talk.data.total + Number(message.text))
        await ctx.reply(`${total}`)
        return talk.again({ total })
      },
      { data: () => ({ total: 0 }) },
    )
    loop.entryPoints.command("loop", (ctx) => ctx.dialog.enter({ total: 10 }))
    return loop
  }

  test("begins again with new data, and the record does not grow", async () => {
    run([looping()])
    await say("/loop", ...Array.from({ length: 50 }, () => "1"))
    expect(stage.said.slice(-2)).toEqual(["59", "60"])
    expect(JSON.stringify(await stored("loop")).length).toBeLessThan(1_000)
  })

  test("without a wait is a TypeError, and so is a result that is not returned", async () => {
    const circle = new ScriptedConversation("circle", async (talk) => talk.again())
    const lost = new ScriptedConversation("lost", async (talk) => void talk.again())
    circle.entryPoints.command("circle", (ctx) => ctx.dialog.enter())
    lost.entryPoints.command("lost", (ctx) => ctx.dialog.enter())
    run([circle, lost])
    await say("/circle", "/lost")
    expect(stage.logger.errors.join()).toContain("has begun 100 times in one update")
    expect(stage.logger.errors.join()).toContain("return the result of `talk.again`")
  })

  test("is named by the error of a record of 1,000 operations", async () => {
    const long = new ScriptedConversation("long", async (talk) => {
      for (let turn = 0; ; turn += 1) talk.now()
    })
    long.entryPoints.command("long", (ctx) => ctx.dialog.enter())
    run([long])
    await say("/long")
    expect(stage.logger.errors.join()).toContain("return talk.again(data)")
  })
})

describe("calls", () => {
  test("that the script does not await are recorded, and made once", async () => {
    const script = new ScriptedConversation("calls", async (talk, ctx) => {
      void ctx.reply("first")
      void ctx.bot.sendMessage({ chat_id: 7, text: "second" })
      await talk.waitFor(filters.text)
      const [one, two] = await Promise.all([ctx.reply("a"), ctx.reply("b")])
      await talk.waitFor(filters.text)
      await ctx.reply(`${one.message_id} ${two.message_id}`)
    })
    script.entryPoints.command("calls", (ctx) => ctx.dialog.enter())
    run([script])
    await say("/calls", "x", "y")
    expect(stage.said).toEqual(["first", "second", "a", "b", expect.stringMatching(/^\d \d$/)])
  })

  test("that are promised, given to the response or planned as a job before a wait are made once", async () => {
    const remind = job("remind")
    const script = new ScriptedConversation("calls", async (talk, ctx) => {
      await ctx.later("sendMessage", { text: "promised" })
      await ctx.respond("sendMessage", { text: "response" })
      await remind.runOnce(ctx, { inMs: 1 })
      await talk.waitFor(filters.text)
      await ctx.later("sendMessage", { text: "promised after the wait" })
      await talk.waitFor(filters.text)
    })
    script.entryPoints.command("calls", (ctx) => ctx.dialog.enter())
    remind.handle(run([script]), (ctx) => ctx.reply("reminder"))
    await say("/calls")
    await pass(minuteMs)
    await say("x", "y")
    await pass(minuteMs)
    expect(stage.logger.errors).toEqual([])
    expect(stage.said.toSorted()).toEqual([
      "promised",
      "promised after the wait",
      "reminder",
      "response",
    ])
  })

  test("that a later line of the script makes while it waits are refused", async () => {
    const script = new ScriptedConversation("calls", async (talk, ctx) => {
      void Promise.resolve().then(async () => {
        await settle()
        await ctx.reply("late")
      })
      await talk.waitFor(filters.text)
    })
    script.entryPoints.command("calls", (ctx) => ctx.dialog.enter())
    const log = vi.spyOn(console, "error").mockImplementation(() => {})
    run([script])
    await say("/calls")
    await settle()
    await settle()
    expect(stage.said).toEqual([])
    expect(log.mock.calls.join()).toContain("await each call and step before the wait")
    log.mockRestore()
  })

  test("and transactions, downloads and second waits that cannot be recorded are TypeErrors", async () => {
    const errors: unknown[] = []
    const script = new ScriptedConversation("calls", async (talk, ctx) => {
      for (const attempt of [() => ctx.transaction(), () => ctx.bot.download("file")]) {
        await attempt().catch((error: unknown) => errors.push(error))
      }
      const waits = [talk.waitFor(filters.text), talk.waitFor(filters.photo)]
      await Promise.race(waits)
    })
    script.entryPoints.command("calls", (ctx) => ctx.dialog.enter())
    run([script])
    await say("/calls")
    expect(errors).toEqual([expect.any(TypeError), expect.any(TypeError)])
  })
})

describe("from outside", () => {
  test("a dialog is entered, read and ended", async () => {
    const greet = new ScriptedConversation(
      "register",
      async (talk, ctx) => {
        await talk.ask(`Hello ${talk.data.name}, your age?`, adult, { timeoutMs: minuteMs })
        await ctx.reply("Thank you.")
        await talk.waitFor(filters.text)
      },
      { data: () => ({ name: "" }) },
    )
    const dialog = greet.at(stage.queue, { botId, chatId: 7, userId: 7 })
    expect(await dialog.read()).toBeUndefined()
    await dialog.enter({ name: "Ada" })
    expect(await dialog.read()).toEqual({ data: { name: "Ada" }, answers: 0, dueAt: undefined })
    run([greet])
    await settle()
    const dueAt = new Date("2027-03-01T00:01:00Z")
    expect(await dialog.read()).toEqual({ data: { name: "Ada" }, answers: 0, dueAt })
    await say("36")
    expect(await dialog.read()).toMatchObject({ answers: 1 })
    expect([await dialog.end(), await dialog.end()]).toEqual([true, false])
    await say("x")
    expect(stage.said).toEqual(["Hello Ada, your age?", "Thank you.", "(x)"])
  })
})

test("a dialog from outside whose beginning fails is no open dialog", async () => {
  const { register } = registering()
  stage.answer = () => {
    throw new Error("broken")
  }
  run([register])
  await register.at(stage.queue, { botId, chatId: 7, userId: 7 }).enter()
  await settle()
  expect(await stored()).toBeUndefined()
  stage.answer = () => true
  await say("/register", "Ada")
  expect(stage.said).toEqual(["Your name?", "Your age?"])
})

describe("a mistake of the program", () => {
  const script = async () => {}
  test.each<[string, () => unknown]>([
    ["an empty name", () => new ScriptedConversation("", script)],
    ["no function", () => new ScriptedConversation("a", {} as never)],
    ["another key", () => new ScriptedConversation("a", script, { per: "lane" as never })],
    ["no function for data", () => new ScriptedConversation("a", script, { data: {} as never })],
    [
      "an unknown type",
      () => new ScriptedConversation("a", script, { updateTypes: ["x" as never] }),
    ],
    ["a wrong version", () => new ScriptedConversation("a", script, { version: 0 })],
    [
      "a former version without a function",
      () => new ScriptedConversation("a", script, { formerVersions: { 1: {} as never } }),
    ],
    [
      "a wrong consequence",
      () => new ScriptedConversation("a", script, { onChanged: "x" as never }),
    ],
    ["a wrong reaction", () => new ScriptedConversation("a", script, { onBlocked: "x" as never })],
    [
      "sessions that are no list",
      () => new ScriptedConversation("a", script, { sessions: {} as never }),
    ],
  ])("%s is a TypeError", (_, make) => expect(make).toThrow(TypeError))
})
