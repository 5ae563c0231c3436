/**
 * Measures the dispatch of a message with 10 and with 1,000 commands, or exact texts, of which the last one
 * matches; and of a press of a button with 1 and with 1,000 factories of callback data, or menus. Prints the
 * nanoseconds and their ratios.
 *
 * @module
 */
import { Bot } from "../src/bot/index.js"
import { Dispatcher } from "../src/dispatch/index.js"
import { callbackData } from "../src/keyboard/index.js"
import { menu } from "../src/menu/index.js"
import type { InlineKeyboardButton, Update } from "../src/telegram/types.js"

const bot = new Bot("1:a")
const dispatches = 100_000

for (const { name, add, update } of [
  {
    name: "commands",
    add: (dispatcher: Dispatcher, index: number) => dispatcher.command(`name${index}`, () => {}),
    update: (index: number) => textUpdate(`/name${index}`, true),
  },
  {
    name: "exact texts",
    add: (dispatcher: Dispatcher, index: number) => dispatcher.hears(nameOf(index), () => {}),
    update: (index: number) => textUpdate(nameOf(index), false),
  },
]) {
  const [few, many] = [10, 1_000].map((count) => {
    const dispatcher = new Dispatcher({ bot })
    for (let index = 0; index < count; index++) add(dispatcher, index)
    return () => nanosecondsEach(dispatcher, update(count - 1))
  }) as [() => Promise<number>, () => Promise<number>]
  await few()
  await many()
  const rounds = []
  for (let round = 0; round < 13; round++) rounds.push({ few: await few(), many: await many() })
  const ns10 = Math.min(...rounds.map((round) => round.few))
  const ns1000 = Math.min(...rounds.map((round) => round.many))
  const us = ns1000 / 1_000
  const ratio = Number((ns1000 / ns10).toFixed(2))
  const suffix = name === "commands" ? "" : `, ${name}`
  console.log(JSON.stringify({ name: `dispatch, 1,000 ${name}`, target: 2, us, ns: ns1000 }))
  console.log(
    JSON.stringify({ name: `dispatch, 1,000 to 10${suffix}`, target: 1.5, ratio, ns10, ns1000 }),
  )
}

await measurePresses("callback data", (dispatcher, name) => {
  const factory = callbackData(name, { id: "int" })
  dispatcher.callbackQuery(factory, () => {})
  return async () => [[{ text: "Press", callback_data: factory({ id: 7 }) }]]
})
await measurePresses("menus", (dispatcher, name) => {
  const drawn = menu(name, { page: "int" }, (m) => m.text("Press", "press", () => {}))
  dispatcher.use(drawn)
  return async () => {
    let keyboard: InlineKeyboardButton[][] = []
    const drawing = dispatcher.command("draw", async (ctx) => {
      keyboard = (await drawn.draw(ctx, { page: 3 })).reply_markup.inline_keyboard
    })
    await dispatcher.process(textUpdate("/draw", true))
    drawing.remove()
    return keyboard
  }
})

/** Prints the time of a press with 1 and with 1,000 definitions of which the last one matches. */
async function measurePresses(
  name: string,
  add: (dispatcher: Dispatcher, name: string) => () => Promise<InlineKeyboardButton[][]>,
): Promise<void> {
  const runs: (() => Promise<number>)[] = []
  for (const count of [1, 1_000]) {
    const dispatcher = new Dispatcher({ bot, autoAnswer: false, advice: false })
    let keyboardOfLast = async (): Promise<InlineKeyboardButton[][]> => []
    for (let index = 0; index < count; index++) {
      // Of one length, because no prefix may begin another.
      keyboardOfLast = add(dispatcher, `d${String(index).padStart(4, "0")}`)
    }
    const update = pressUpdate(await keyboardOfLast())
    runs.push(() => nanosecondsEach(dispatcher, update, 20_000))
  }
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < 8; round++) {
    for (const [index, run] of runs.entries()) times[index]?.push(await run())
  }
  // The first round only warms up.
  const [ns1 = 1, ns1000 = 0] = times.map((list) => Math.min(...list.slice(1)))
  const ratio = Number((ns1000 / ns1).toFixed(2))
  const measured = { name: `dispatch, 1,000 ${name} to 1`, target: 1.5, ratio }
  console.log(JSON.stringify({ ...measured, ns1, ns1000 }))
}

/** Returns a text whose length does not depend on the index: V8 joins longer strings in another way. */
function nameOf(index: number): string {
  return `Name ${String(index).padStart(5, "0")}`
}

async function nanosecondsEach(
  dispatcher: Dispatcher,
  update: Update,
  times = dispatches,
): Promise<number> {
  const start = performance.now()
  for (let count = 0; count < times; count++) await dispatcher.process(update)
  return Math.round(((performance.now() - start) * 1e6) / times)
}

function pressUpdate(inline_keyboard: InlineKeyboardButton[][]): Update {
  const from = { id: 7, is_bot: false, first_name: "Ada" }
  const chat = { id: 7, type: "private" as const, first_name: "Ada" }
  const [button] = inline_keyboard.flat()
  const data = button && "callback_data" in button ? button.callback_data : ""
  const message = { message_id: 1, date: 1, chat, text: "Menu", reply_markup: { inline_keyboard } }
  return { update_id: 1, callback_query: { id: "1", from, chat_instance: "1", data, message } }
}

function textUpdate(text: string, isCommand: boolean): Update {
  const from = { id: 7, is_bot: false, first_name: "Ada" }
  const chat = { id: 7, type: "private" as const, first_name: "Ada" }
  const entity = { type: "bot_command" as const, offset: 0, length: text.length }
  const entities = isCommand ? [entity] : []
  return { update_id: 1, message: { message_id: 1, date: 1, chat, from, text, entities } }
}
