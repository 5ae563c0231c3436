import type { SimulatedUser } from "@sounder/simulator"
import { describe, expect, test } from "vitest"
import type { Dispatcher } from "../../src/dispatch/index.js"
import { menu, type MenuDrawing } from "../../src/menu/index.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { peopleEach } from "../support/people.js"
import { tinyPhoto } from "../support/tiny-photo.js"
import type { InlineKeyboardButton, Message, Update } from "../../src/telegram/types.js"
import { ada, keptBot, messageOf, pressUpdate, textUpdate } from "../support/updates.js"
import { bold, fmt } from "../../src/text/index.js"

type CallbackButton = InlineKeyboardButton.CallbackButton

const people = peopleEach()

/** The state that the menus of these tests show. */
const world = { on: false, languages: ["en", "de", "fr", "it", "es"], chosen: "en" }

/** Registers settings with a submenu, and the commands that send them. */
function settings(dispatcher: Dispatcher, options: { readonly onlyFor?: "author" } = {}) {
  Object.assign(world, { on: false, languages: ["en", "de", "fr", "it", "es"], chosen: "en" })
  const privacy = menu("privacy", { strict: "bool?" }, (m, { strict }) => {
    m.title(`Privacy: ${strict ? "strict" : "open"}`)
    m.open("Strict", privacy({ strict: true }))
      .row()
      .back()
  })
  const size = 2
  const made = menu(
    "settings",
    { page: "int" },
    async (m, { page }, ctx) => {
      await Promise.resolve()
      m.title(fmt`${bold("Settings")} of ${ctx.from?.first_name ?? "nobody"}`)
      m.text(`Notifications: ${world.on ? "on" : "off"}`, "toggle", () => {
        world.on = !world.on
      })
      for (const code of world.languages.slice(page * size, (page + 1) * size)) {
        const mark = code === world.chosen ? "✓ " : ""
        m.row().text(mark + code, ["lang", code], (_ctx, chosen) => {
          world.chosen = chosen
        })
      }
      m.row().pages({ page, of: Math.ceil(world.languages.length / size) })
      m.row().open("Privacy", privacy()).back()
    },
    options,
  )
  dispatcher.use(made)
  dispatcher.use(privacy)
  dispatcher.command("settings", (ctx) => made.send(ctx, { page: 0 }))
  return { made, privacy }
}

/** Presses a button, and returns the edited message. */
async function pressed(who: SimulatedUser, message: Message, button: string): Promise<Message> {
  const edited = who.seesEdit()
  await (
    await who.press(message, button)
  ).answered
  return edited
}

function labels({ reply_markup }: Message): string[] {
  return (reply_markup?.inline_keyboard ?? []).map((row) => row.map(({ text }) => text).join(" "))
}

function edits(): number {
  return [...people.telegram.calls].filter(({ method }) => method.startsWith("editMessage")).length
}

describe("a menu", () => {
  test("is drawn again after a handler, and the press is answered", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const { ada } = people
    const sent = await people.ask(ada, "/settings")
    expect(sent.text).toBe("Settings of Ada")
    expect(labels(sent)).toEqual(["Notifications: off", "✓ en", "de", "1 / 3 ›", "Privacy"])
    const on = await pressed(ada, sent, "Notifications: off")
    expect(labels(on)[0]).toBe("Notifications: on")
    const german = await pressed(ada, on, "de")
    expect(labels(german)).toEqual(["Notifications: on", "en", "✓ de", "1 / 3 ›", "Privacy"])
    expect(german.text).toBe("Settings of Ada")
  })

  test("is edited only if it differs", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const { ada } = people
    const sent = await people.ask(ada, "/settings")
    expect(await people.answerTo(ada, sent, "✓ en")).toBe("")
    expect(edits()).toBe(0)
  })

  test("has pages", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const { ada } = people
    const second = await pressed(ada, await people.ask(ada, "/settings"), "›")
    expect(labels(second)).toEqual(["Notifications: off", "fr", "it", "‹ 2 / 3 ›", "Privacy"])
    const third = await pressed(ada, second, "›")
    expect(labels(third)).toEqual(["Notifications: off", "es", "‹ 3 / 3", "Privacy"])
    expect(labels(await pressed(ada, third, "‹"))).toEqual(labels(second))
  })

  test("opens a submenu, and goes back to its own page", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const { ada } = people
    const second = await pressed(ada, await people.ask(ada, "/settings"), "›")
    const privacy = await pressed(ada, second, "Privacy")
    expect([privacy.text, ...labels(privacy)]).toEqual(["Privacy: open", "Strict", "Back"])
    const strict = await pressed(ada, privacy, "Strict")
    expect([strict.text, ...labels(strict)]).toEqual(["Privacy: strict", "Strict", "Back"])
    const back = await pressed(ada, strict, "Back")
    expect([back.text, ...labels(back)]).toEqual([second.text, ...labels(second)])
  })

  test("two menus that open one another: the way back ends after 20 steps", async () => {
    const one = menu("one", { side: "int" }, (m, { side }) => {
      m.title(`One ${side}`)
        .open("On", other({ side: side + 1 }))
        .row()
        .back()
    })
    const other = menu("other", { side: "int" }, (m, { side }) => {
      m.title(`Other ${side}`)
        .open("On", one({ side: side + 1 }))
        .row()
        .back()
    })
    people.dispatcher.use(one)
    people.dispatcher.use(other)
    people.dispatcher.command("walk", (ctx) => one.send(ctx, { side: 0 }))
    await people.updater.startPolling()
    const { ada } = people
    let message = await people.ask(ada, "/walk")
    for (let step = 0; step < 25; step += 1) message = await pressed(ada, message, "On")
    let back = 0
    for (; labels(message).includes("Back"); back += 1) {
      message = await pressed(ada, message, "Back")
    }
    expect([back, message.text]).toEqual([20, "Other 5"])
  })

  test("gets the derived values of its router", async () => {
    const visits = { count: 0 }
    const counter = menu(
      "counter",
      {},
      (m: MenuDrawing<{ visits: typeof visits }>, _params, ctx) => {
        m.title(`${ctx.visits.count}`).text("More", "more", (press) => (press.visits.count += 1))
      },
    )
    const app = people.dispatcher.decorate({ visits })
    app.use(counter)
    app.command("counter", (ctx) => counter.send(ctx))
    await people.updater.startPolling()
    const { ada } = people
    const sent = await people.ask(ada, "/counter")
    expect((await pressed(ada, sent, "More")).text).toBe("1")
  })
})

describe("the traps of menus", () => {
  test("the same menu open twice: both copies work", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const { ada } = people
    const [one, other] = [await people.ask(ada, "/settings"), await people.ask(ada, "/settings")]
    expect(labels(await pressed(ada, one, "Notifications: off"))[0]).toBe("Notifications: on")
    expect(labels(await pressed(ada, other, "de"))).toEqual([
      ...["Notifications: on", "en", "✓ de", "1 / 3 ›", "Privacy"],
    ])
  })

  test("label changed by another user between draw and press: the button is known by its key", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const { ada } = people
    const sent = await people.ask(ada, "/settings")
    world.chosen = "de"
    world.languages = ["de", "en"]
    const edited = await pressed(ada, sent, "✓ en")
    expect(labels(edited)).toEqual(["Notifications: off", "de", "✓ en", "Privacy"])
  })

  test("a key that is no longer drawn: the menu is drawn again, with a hint", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const { ada } = people
    const sent = await people.ask(ada, "/settings")
    world.languages = ["fr"]
    const edited = ada.seesEdit()
    expect(await people.answerTo(ada, sent, "de")).toBe("This menu has changed.")
    expect(labels(await edited)).toEqual(["Notifications: off", "fr", "Privacy"])
    expect(world.chosen).toBe("en")
  })

  test("a handler that throws: the error handlers get it, the press is answered, the menu stays", async () => {
    const errors: unknown[] = []
    const failing = menu("failing", {}, (m) => {
      m.title("Failing").text("Fail", "fail", () => {
        throw new Error("Failed")
      })
    })
    people.dispatcher.use(failing)
    people.dispatcher.command("failing", (ctx) => failing.send(ctx))
    people.dispatcher.catch((error) => void errors.push(error.cause))
    await people.updater.startPolling()
    const sent = await people.ask(people.ada, "/failing")
    expect(await people.answerTo(people.ada, sent, "Fail")).toBe("")
    expect(errors).toMatchObject([{ message: "Failed" }])
    expect(edits()).toBe(0)
  })

  test("a message that is gone: the press says that the menu is too old", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const { ada } = people
    const sent = await people.ask(ada, "/settings")
    const press = await ada.press(sent, "Notifications: off")
    await people.bot.deleteMessage({ chat_id: sent.chat.id, message_id: sent.message_id })
    expect(["", "This menu is too old."]).toContain((await press.answered).text)
    people.telegram.fault("editMessageText", {
      status: 400,
      description: "Bad Request: message to edit not found",
    })
    const again = await people.ask(ada, "/settings")
    expect(await people.answerTo(ada, again, "de")).toBe("This menu is too old.")
  })

  test("a message with media: its caption is edited", async () => {
    const { made } = settings(people.dispatcher)
    people.dispatcher.command("photo", async (ctx) => {
      const { text, reply_markup } = await made.draw(ctx, { page: 0 })
      const file = InputFile.bytes(tinyPhoto)
      await ctx.replyWithPhoto(file, { ...(text && { caption: text }), reply_markup })
    })
    await people.updater.startPolling()
    const { ada } = people
    const sent = await people.ask(ada, "/photo")
    const edited = await pressed(ada, sent, "de")
    expect([edited.caption, labels(edited)[2]]).toEqual(["Settings of Ada", "✓ de"])
  })

  test("a message sent inline: it is edited by its own id", async () => {
    const { made } = settings(people.dispatcher)
    people.dispatcher.inlineQuery(async (ctx) => {
      const { reply_markup } = await made.draw(ctx, { page: 0 })
      const input_message_content = { message_text: "Settings" }
      const result = { type: "article" as const, id: "1", title: "Settings", reply_markup }
      await ctx.answer([{ ...result, input_message_content }])
    })
    await people.updater.startPolling()
    const { telegram, ada } = people
    const group = telegram.supergroup({ title: "Friends" }, ada)
    const typed = await ada.type("@suite_bot settings")
    const sent = await ada.choose(await typed.answered, "1", group)
    expect(await people.answerTo(ada, sent, "de")).toBe("")
    expect(people.calls("editMessageText").at(-1)?.params).toHaveProperty("inline_message_id")
    expect(world.chosen).toBe("de")
  })

  test("an ephemeral message: it is edited by the methods of ephemeral messages", async () => {
    const { made } = settings(people.dispatcher)
    let markup: unknown
    people.dispatcher.command("draw", async (ctx) => {
      markup = (await made.draw(ctx, { page: 0 })).reply_markup
    })
    const { bot, calls } = keptBot()
    const process = (update: Update) => people.dispatcher.process(update, { bot })
    await process(textUpdate("/draw"))
    const ephemeral = { message_id: 0, ephemeral_message_id: 9, reply_markup: markup }
    const message = messageOf({ ...ephemeral, text: "Settings", receiver_user: ada })
    const { callback_data } = (markup as { inline_keyboard: CallbackButton[][] })
      .inline_keyboard[0]![0]!
    await process(pressUpdate(callback_data, { message }))
    const edit = calls.find(({ method }) => method.startsWith("edit"))
    expect(edit).toMatchObject({
      method: "editEphemeralMessageText",
      params: { chat_id: message.chat.id, receiver_user_id: ada.id, ephemeral_message_id: 9 },
    })
  })

  test("a message that is too old: it cannot be compared, and is edited", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const sent = await people.ask(people.ada, "/settings")
    const [[toggle] = []] = (sent.reply_markup?.inline_keyboard ?? []) as CallbackButton[][]
    const { message_id, chat } = sent
    const edited = people.ada.seesEdit()
    const press = pressUpdate(toggle?.callback_data ?? "", {
      message: { message_id, chat, date: 0 },
    })
    await people.queue.put({ botId: people.bot.id, update: press })
    expect(labels(await edited)[0]).toBe("Notifications: on")
  })

  test("a menu that is not mounted cannot be opened, and two buttons cannot have one key", async () => {
    const apart = menu("apart", {}, (m) => m.title("Apart"))
    const errors: unknown[] = []
    const opening = menu("opening", {}, (m) => m.title("x").open("Apart", apart()))
    const twice = menu("twice", {}, (m) => {
      m.title("x")
        .text("a", "key", () => {})
        .text("b", "key", () => {})
    })
    people.dispatcher.command("try", async (ctx) => {
      await opening.send(ctx).catch((error: Error) => errors.push(error.message))
      await twice.send(ctx).catch((error: Error) => errors.push(error.message))
      await ctx.reply("Tried")
    })
    await people.updater.startPolling()
    await people.ask(people.ada, "/try")
    expect(errors).toEqual([
      expect.stringContaining("Expected a mounted menu, got apart"),
      expect.stringContaining('Expected one button with the key "key"'),
    ])
  })

  test("two menus of one name are refused, and a name may begin another", () => {
    const draw = () => {}
    people.dispatcher.use(menu("settings", {}, draw))
    people.dispatcher.use(menu("settings-privacy", {}, draw))
    expect(() => people.dispatcher.use(menu("settings", {}, draw))).toThrow(TypeError)
    expect(() => menu("a b", {}, draw)).toThrow(/`name`/)
    expect(() => menu("a", {}, draw, { onlyFor: "all" as "author" })).toThrow(/`onlyFor`/)
  })

  test("a menu of one user pressed by another in a group: only the author may", async () => {
    const { telegram, ada, bob, account } = people
    const group = telegram.supergroup({ title: "Club" }, ada, account)
    await bob.join(group)
    settings(people.dispatcher, { onlyFor: "author" })
    await people.updater.startPolling()
    await ada.send(group, "/settings")
    const sent = await ada.hears()
    expect(await people.answerTo(bob, sent, "de")).toBe("This menu is not for you.")
    expect(world.chosen).toBe("en")
    expect(labels(await pressed(ada, sent, "de"))[2]).toBe("✓ de")
  })

  test("a deploy that renames the menu: old buttons say that they are too old", async () => {
    settings(people.dispatcher)
    await people.updater.startPolling()
    const sent = await people.ask(people.ada, "/settings")
    const dispatcher = await people.deploy()
    dispatcher.use(menu("preferences", {}, (m) => m.title("New").text("x", "x", () => {})))
    await people.updater.startPolling()
    expect(await people.answerTo(people.ada, sent, "de")).toBe("This button is too old.")
  })

  test("parameters and keys of more than 64 bytes are stored, and the menu stays the same", async () => {
    const name = "Овощи и фрукты, самые свежие в городе"
    const shop = menu("shop", { category: "text" }, (m, { category }) => {
      m.title(category).text("Buy", ["buy", name], () => {})
    })
    people.dispatcher.use(shop)
    people.dispatcher.command("shop", (ctx) => shop.send(ctx, { category: name }))
    await people.updater.startPolling()
    const sent = await people.ask(people.ada, "/shop")
    expect(await people.answerTo(people.ada, sent, "Buy")).toBe("")
    expect(edits()).toBe(0)
    expect(people.queue.state.size).toBe(1)
  })

  test("100 buttons (Telegram's limit) and 8 in a row", async () => {
    const many = (count: number) =>
      menu("many", {}, (m) => {
        m.title("Many")
        for (let index = 0; index < count; index += 1) m.text(`${index}`, `${index}`, () => {})
      })
    const [fitting, tooMany] = [many(100), many(101)]
    const rows: number[] = []
    const errors: unknown[] = []
    people.dispatcher.command("fit", async (ctx) => {
      const { reply_markup } = await fitting.draw(ctx)
      rows.push(...reply_markup.inline_keyboard.map((row) => row.length))
      await ctx.reply("Drawn")
    })
    people.dispatcher.command("more", async (ctx) => {
      await tooMany.send(ctx).catch((error: unknown) => errors.push(error))
      await ctx.reply("Refused")
    })
    await people.updater.startPolling()
    await people.ask(people.ada, "/fit")
    await people.ask(people.ada, "/more")
    expect(rows).toEqual([...Array(12).fill(8), 4])
    expect(errors).toEqual([expect.any(TypeError)])
  })
})

test.each(["*", `*${"a".repeat(22)}`, "~e", "a:b~\0", "__proto__", "k".repeat(300)])(
  "a button with the key %j reaches its handler",
  async (key) => {
    let count = 0
    const counter = menu("counter", {}, (m) => {
      m.title("Counter").text(`${count}`, key, () => void (count += 1))
    })
    people.dispatcher.use(counter)
    people.dispatcher.command("count", (ctx) => counter.send(ctx))
    await people.updater.startPolling()
    const message = await people.ask(people.ada, "/count")
    expect(await people.answerTo(people.ada, message, "0")).toBe("")
    expect(count).toBe(1)
  },
)
