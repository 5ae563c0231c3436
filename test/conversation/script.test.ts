import { describe, expect, test } from "vitest"
import { ScriptedConversation, type Talk } from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"
import { ApiError } from "../../src/telegram/errors.js"
import { textIn } from "../support/dispatched.js"
import { group, messageOf, pressUpdate, textUpdate, updateWith } from "../support/updates.js"
import { adult, registering } from "./registering.js"
import { scriptingEach } from "./scripting.js"

const { stage, run, stop, put, say, pass, settle, stored } = scriptingEach()

describe("a script", () => {
  test("goes from wait to wait, and sends each message once", async () => {
    const { register, saved } = registering()
    run([register])
    await say("hello", "/register", "/help", "Ada", "12", "36", "bye")
    expect(stage.said).toEqual([
      ...["(hello)", "Your name?", "Help", "Your age?", "Your age?", "You are number 1.", "(bye)"],
    ])
    expect(saved).toEqual([{ name: "Ada", age: 36 }])
    expect(await stored()).toBeUndefined()
  })

  test("goes on in another process", async () => {
    const { register, saved } = registering()
    for (const text of ["/register", "Ada", "36"]) {
      run([register])
      await say(text)
      await stop()
    }
    expect(stage.said).toEqual(["Your name?", "Your age?", "You are number 1."])
    expect(saved).toHaveLength(1)
  })

  test("ends by /cancel at each of its waits", async () => {
    run([registering().register])
    await say("/register", "/cancel", "Ada", "/register", "Ada", "/cancel", "36")
    expect(stage.said).toEqual([
      ...["Your name?", "Cancelled.", "(Ada)", "Your name?", "Your age?", "Cancelled.", "(36)"],
    ])
  })

  test("refuses unknown options of its waits", async () => {
    const refused = new Set<string>()
    const note = (error: unknown) => void refused.add(String(error))
    const unknown = new ScriptedConversation("unknown", async (talk) => {
      await talk.waitFor(filters.text, { timeout: 5 } as never).catch(note)
      await talk.waitForCallbackQuery("a", { otherwis: () => {} } as never).catch(note)
      await talk.ask("Age?", { nam: "age" } as never).catch(note)
      await talk.ask("Age?", adult, { names: "age" } as never).catch(note)
    })
    unknown.entryPoints.command("unknown", (ctx) => ctx.dialog.enter())
    run([unknown])
    await say("/unknown")
    expect([...refused]).toEqual([
      "TypeError: Unknown option `timeout`. Did you mean `timeoutMs`?",
      "TypeError: Unknown option `otherwis`. Did you mean `otherwise`?",
      "TypeError: Unknown option `nam`. Did you mean `name`?",
      "TypeError: Unknown option `names`. Did you mean `name`?",
    ])
    expect(stage.said).toEqual([])
  })

  test("sees three forwarded answers at once as three answers", async () => {
    run([registering().register])
    await Promise.all(["/register", "Ada", "36"].map((text) => put(textIn(7, text))))
    expect(stage.said).toEqual(["Your name?", "Your age?", "You are number 1."])
  })

  test("of two people in one group, and of one person in two groups, are apart", async () => {
    run([registering().register])
    const from = (id: number) => ({ id, is_bot: false, first_name: "A" })
    const inGroup = (id: number, user: number, text: string) =>
      put(textUpdate(text, { chat: { id, type: "group", title: "G" }, from: from(user) }))
    await inGroup(-1, 1, "/register")
    await inGroup(-1, 1, "Ada")
    await inGroup(-1, 2, "/register")
    await inGroup(-1, 3, "36")
    await inGroup(-2, 1, "/register")
    await inGroup(-1, 2, "Eve")
    await inGroup(-1, 1, "36")
    expect(stage.said).toEqual([
      ...["Your name?", "Your age?", "Your name?", "(36)", "Your name?", "Your age?"],
      "You are number 1.",
    ])
  })

  test("per topic is one for each topic of a forum", async () => {
    run([registering({ per: "topic" }).register])
    const inTopic = (text: string, id: number) =>
      put(textUpdate(text, { chat: group, is_topic_message: true, message_thread_id: id }))
    await inTopic("/register", 1)
    await inTopic("/register", 2)
    await inTopic("Ada", 2)
    await inTopic("Eve", 1)
    expect(stage.said).toEqual(["Your name?", "Your name?", "Your age?", "Your age?"])
    const topics = stage.calls.map(({ params }) => Reflect.get(params ?? {}, "message_thread_id"))
    expect(topics).toEqual([1, 2, 2, 1])
  })

  test("two dialogs of one person each get the updates that they wait for", async () => {
    const photo = new ScriptedConversation("photo", async (talk, ctx) => {
      await ctx.reply("A photo?")
      await talk.waitFor(filters.photo)
      await ctx.reply("Thank you.")
    })
    photo.entryPoints.command("photo", (ctx) => ctx.dialog.enter())
    run([photo, registering().register])
    await say("/photo", "/register", "Ada")
    await put(updateWith({ message: messageOf({ photo: [] }) }))
    await say("36")
    expect(stage.said).toEqual([
      ...["A photo?", "Your name?", "Your age?", "Thank you.", "You are number 1."],
    ])
  })

  test("is begun again by its entry point only with `reentry`", async () => {
    run([registering({ reentry: true }).register])
    await say("/register", "Ada", "/register", "Eve", "36")
    expect(stage.said).toEqual([
      ...["Your name?", "Your age?", "Your name?", "Your age?", "You are number 1."],
    ])
  })

  test("calls functions with its own waits", async () => {
    const address = async (talk: Talk) => {
      const street = await talk.ask("Which street?")
      return `${street}, ${await talk.ask("Which town?")}`
    }
    const order = new ScriptedConversation("order", async (talk, ctx) => {
      await ctx.reply(`To ${await address(talk)}.`)
    })
    order.entryPoints.command("order", (ctx) => ctx.dialog.enter())
    run([order])
    await say("/order", "Main St", "Boston")
    expect(stage.said).toEqual(["Which street?", "Which town?", "To Main St, Boston."])
  })

  test("follows a group that becomes a supergroup", async () => {
    run([registering().register])
    const [former, chat] = [-5, -1_001_000_000_005]
    const inChat = (id: number, fields: object) => ({
      chat: { id, type: "group", title: "G" },
      ...fields,
    })
    await put(textUpdate("/register", inChat(former, {})))
    await put(updateWith({ message: messageOf(inChat(former, { migrate_to_chat_id: chat })) }))
    await put(textUpdate("Ada", inChat(chat, {})))
    expect(stage.said).toEqual(["Your name?", "Your age?"])
  })
})

describe("an update that is no answer", () => {
  test("goes to the fallbacks, then to `otherwise`, and without either to the handlers outside", async () => {
    const photo = new ScriptedConversation("photo", async (talk, ctx) => {
      await talk.waitFor(filters.photo, { otherwise: (other) => other.reply("A photo, please.") })
      await talk.waitFor(filters.voice)
      await ctx.reply("Done.")
    })
    photo.entryPoints.command("photo", (ctx) => ctx.dialog.enter())
    photo.fallbacks.command("why", (ctx) => ctx.reply("Because."))
    run([photo])
    await say("/photo", "no", "/why")
    await put(updateWith({ edited_message: messageOf({ text: "no" }) }))
    await put(updateWith({ message: messageOf({ photo: [] }) }))
    await say("no")
    expect(stage.said).toEqual(["A photo, please.", "Because.", "(no)"])
  })

  test("has the issues of the schema in the `otherwise` of a question", async () => {
    const ask = new ScriptedConversation("ask", async (talk, ctx) => {
      const age = await talk.ask({ text: "Your age?" }, adult, {
        otherwise: (other, [issue]) => other.reply(issue?.message ?? "Text, please."),
      })
      await ctx.reply(`${age}`)
    })
    ask.entryPoints.command("ask", (ctx) => ctx.dialog.enter())
    run([ask])
    await say("/ask", "12")
    await put(updateWith({ message: messageOf({ photo: [] }) }))
    await say("18")
    expect(stage.said).toEqual(["Your age?", "Too young", "Text, please.", "18"])
  })

  test("is an edited message, unless the script asks for edited messages", async () => {
    const edit = new ScriptedConversation(
      "edit",
      async (talk, ctx) => {
        await talk.waitFor(filters.text)
        const { message } = await talk.waitFor(filters.edited(filters.text))
        await ctx.reply(`Edited: ${message.text}`)
      },
      { updateTypes: ["message", "edited_message"] },
    )
    edit.entryPoints.command("edit", (ctx) => ctx.dialog.enter())
    run([edit])
    const edited = () => put(updateWith({ edited_message: messageOf({ text: "b" }) }))
    await say("/edit")
    await edited()
    await say("a")
    await edited()
    expect(stage.said).toEqual(["Edited: b"])
  })

  test("of a type that the conversation does not get is a TypeError", async () => {
    const edit = new ScriptedConversation("edit", async (talk) => {
      await talk.waitFor(filters.edited(filters.text))
    })
    edit.entryPoints.command("edit", (ctx) => ctx.dialog.enter())
    run([edit])
    await say("/edit")
    expect(stage.logger.errors.join()).toContain("add the type to the option `updateTypes`")
  })
})

describe("a press of a button", () => {
  test("is an answer by its data, and after the end of the dialog goes outside", async () => {
    const menu = new ScriptedConversation("menu", async (talk, ctx) => {
      const press = await talk.waitForCallbackQuery(/^size:(\d+)$/)
      await press.answer()
      await ctx.reply(`Size ${press.callbackQuery.data}`)
      await (await talk.waitForCallbackQuery(["yes", "no"])).answer()
      await talk.waitForCallbackQuery("yes")
      await talk.waitForCallbackQuery()
    })
    menu.entryPoints.command("menu", (ctx) => ctx.dialog.enter())
    run([menu])
    await say("/menu")
    for (const data of ["yes", "size:4", "no", "no", "yes", "any", "yes"])
      await put(pressUpdate(data))
    const answered = "answerCallbackQuery"
    expect(stage.said).toEqual([
      // Each press is answered once: by the script, or by the dispatcher after the handlers.
      ...["(pressed yes)", answered, answered, "Size size:4", answered, "(pressed no)", answered],
      ...[answered, answered, "(pressed yes)", answered],
    ])
    expect(stage.logger.errors).toEqual([])
  })
})

describe("a failure", () => {
  test("leaves the dialog at its wait, and the next answer repeats the segment", async () => {
    const { register } = registering()
    let isBroken = true
    stage.answer = ({ params }) => {
      if (isBroken && Reflect.get(params ?? {}, "text") === "Your age?") throw new Error("broken")
    }
    run([register])
    await say("/register", "Ada")
    isBroken = false
    await say("Ada", "36")
    expect(stage.said).toEqual(["Your name?", "Your age?", "You are number 1."])
    expect(stage.logger.errors.join()).toContain("broken")
  })

  test("ends the dialog if its error handler says so", async () => {
    const { register } = registering()
    register.catch((_error, ctx) => ctx.dialog?.end())
    stage.answer = ({ params }) => {
      if (Reflect.get(params ?? {}, "text") === "Your age?") throw new Error("broken")
    }
    run([register])
    await say("/register", "Ada", "36")
    expect(stage.said).toEqual(["Your name?", "(36)"])
    expect(await stored()).toBeUndefined()
  })

  const blocked = (method: string) =>
    ApiError.from({ method, errorCode: 403, description: "Forbidden: bot was blocked by the user" })

  test.each<["end" | "fail", boolean]>([
    ["end", false],
    ["fail", true],
  ])("403 because the user has blocked the bot: %s", async (onBlocked, isOpen) => {
    stage.answer = ({ method, params }) => {
      if (Reflect.get(params ?? {}, "text") === "Your age?") throw blocked(method)
    }
    run([registering({ onBlocked }).register])
    await say("/register", "Ada")
    expect((await stored()) !== undefined).toBe(isOpen)
    expect(stage.logger.errors.length > 0).toBe(isOpen)
  })

  test("403 of another chat is an error of the script", async () => {
    const tell = new ScriptedConversation("register", async (talk, ctx) => {
      await talk.waitFor(filters.text)
      await ctx.bot.sendMessage({ chat_id: 999, text: "News" })
    })
    tell.entryPoints.command("tell", (ctx) => ctx.dialog.enter())
    stage.answer = ({ method }) => {
      throw blocked(method)
    }
    run([tell])
    await say("/tell", "x")
    expect(stage.logger.errors.join()).toContain("blocked by the user")
    expect(await stored()).toBeDefined()
  })

  test("that the script has caught is the same when it is replayed", async () => {
    const seen: unknown[] = []
    const script = new ScriptedConversation("register", async (talk, ctx) => {
      try {
        await ctx.bot.sendMessage({ chat_id: 999, text: "News" })
      } catch (error) {
        seen.push(error)
      }
      await talk
        .step("risk", () => Promise.reject(new RangeError("much")))
        .catch((error) => seen.push(error))
      await talk.waitFor(filters.text)
    })
    script.entryPoints.command("go", (ctx) => ctx.dialog.enter())
    stage.answer = ({ method }) => {
      throw blocked(method)
    }
    run([script])
    await say("/go", "x")
    expect(seen.map((error) => (error as Error).name)).toEqual([
      ...["Forbidden", "RangeError", "Forbidden", "RangeError"],
    ])
    expect(seen[2]).toMatchObject({ code: "forbidden", errorCode: 403, method: "sendMessage" })
  })
})

describe("a step", () => {
  test("that has succeeded is not made again when its segment is", async () => {
    let [charges, isBroken] = [0, true]
    const pay = new ScriptedConversation("pay", async (talk, ctx) => {
      await talk.waitFor(filters.text)
      const first = await talk.step("charge", () => ({ number: (charges += 1) }))
      const second = await talk.step("charge", () => ({ number: (charges += 1) }))
      if (isBroken) throw new Error("broken")
      const third = await talk.step("charge", () => ({ number: (charges += 1) }))
      await ctx.reply(`${first.number} ${second.number} ${third.number}`)
      await talk.waitFor(filters.text)
      await ctx.reply(`${(await talk.step("charge", () => ({ number: (charges += 1) }))).number}`)
    })
    pay.entryPoints.command("pay", (ctx) => ctx.dialog.enter())
    run([pay], { attempts: { max: 3, backoff: { firstMs: 1_000 } } })
    await say("/pay")
    const answered = say("yes")
    await settle()
    expect(charges).toBe(2)
    isBroken = false
    await pass(1_000)
    await answered
    await say("more")
    expect(stage.said).toEqual(["1 2 3", "4"])
  })

  test("that has failed is made again", async () => {
    let [tries, others] = [0, 0]
    const pay = new ScriptedConversation("pay", async (talk, ctx) => {
      const risky = talk.step("risky", () => {
        if ((tries += 1) === 1) throw new Error("broken")
        return tries
      })
      const safe = talk.step("safe", () => (others += 1))
      const results = await Promise.allSettled([risky, safe])
      if (results[0].status === "rejected") throw results[0].reason
      await ctx.reply(`${tries} ${others}`)
    })
    pay.entryPoints.command("pay", (ctx) => ctx.dialog.enter())
    run([pay], { attempts: { max: 3, backoff: { firstMs: 1_000 } } })
    const said = say("/pay")
    await settle()
    await pass(1_000)
    await said
    expect(stage.said).toEqual(["2 1"])
  })

  test("leaves nothing behind if its update fails and is done", async () => {
    const { register, saved } = registering()
    stage.answer = ({ params }) => {
      const text = String(params && Reflect.get(params, "text"))
      if (text.startsWith("You are")) throw new Error("broken")
    }
    run([register])
    await say("/register", "Ada")
    const update = textIn(7, "36")
    await put(update)
    expect(saved).toHaveLength(1)
    expect(await stored("register steps", `7:7 ${update.update_id}`)).toBeUndefined()
    expect(await stored()).toBeDefined()
  })

  test("calls Telegram without a record of its own", async () => {
    const script = new ScriptedConversation("calls", async (talk, ctx) => {
      await talk.step("tell", async () => void (await ctx.reply("in the step")))
      const sent = await ctx.reply("after it")
      await talk.waitFor(filters.text)
      await ctx.reply(`${sent.message_id}`)
      await talk.step("wait", async () => void (await talk.waitFor(filters.text)))
    })
    script.entryPoints.command("calls", (ctx) => ctx.dialog.enter())
    run([script])
    await say("/calls", "x")
    expect(stage.said).toEqual(["in the step", "after it", "1"])
    expect(stage.logger.errors.join()).toContain("Expected a wait outside of a step")
  })

  test("refuses a result that JSON cannot represent, with its place", async () => {
    const pay = new ScriptedConversation("pay", async (talk) => {
      await talk.step("charge", () => ({ at: new Date() }))
    })
    pay.entryPoints.command("pay", (ctx) => ctx.dialog.enter())
    run([pay])
    await say("/pay")
    expect(stage.logger.errors.join()).toContain("step charge.at to be JSON")
  })
})
