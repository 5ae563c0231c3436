import { type Context, type Dispatcher, filters } from "sounder"
import { Conversation } from "sounder/conversation"
import { callbackData, inlineKeyboard } from "sounder/keyboard"

interface Person {
  role: "parent" | "child"
  name: string
  age?: number
}

const add = callbackData("add", { role: ["parent", "child"] })
const answer = filters.and(filters.text, filters.not(filters.command))

/** The inner dialog: asks for a name and an age, and ends with both. */
const description = new Conversation("description", {
  states: ["name", "age"],
  data: () => ({ role: "parent" as Person["role"], name: "" }),
})

description.entering("name", (ctx) => ctx.reply(`What is the name of the ${ctx.dialog.data.role}?`))
description.state("name").on(answer, (ctx) => {
  ctx.dialog.data.name = ctx.message.text
  ctx.dialog.to("age")
})

description.entering("age", (ctx) => ctx.reply("How old? /unknown if you do not know."))
description.state("age").hears(/^\d{1,3}$/, (ctx) => {
  ctx.dialog.end({ ...ctx.dialog.data, age: Number(ctx.match[0]) } satisfies Person)
})
description.state("age").command("unknown", (ctx) => ctx.dialog.end(ctx.dialog.data))
description.state("age").on(answer, (ctx) => ctx.reply("A number, please, or /unknown."))

/** The outer dialog: a family, to which the inner dialog adds people. */
const family = new Conversation("family", {
  states: ["list"],
  data: () => ({ people: [] as Person[] }),
})

family.entryPoints.command("start", (ctx) => ctx.dialog.enter("list"), {
  description: "Describe your family",
})

family.entering("list", (ctx) => showList(ctx, ctx.dialog.data.people))
family.state("list").callbackQuery(add, async (ctx) => {
  await ctx.edit("A new person:")
  ctx.dialog.call(description, "name", { role: ctx.data.role, name: "" })
})
family.returned(description, (ctx, person) => {
  ctx.dialog.data.people.push(person as Person)
  ctx.dialog.to("list")
})
family.state("list").callbackQuery("done", async (ctx) => {
  await ctx.edit(`${textOf(ctx.dialog.data.people)}\n\nWhat a family!`)
  ctx.dialog.end()
})

// Works in the inner dialog, too.
family.fallbacks.command("cancel", async (ctx) => {
  await ctx.reply("Forgotten. /start begins again.")
  ctx.dialog.end()
})

function showList(ctx: Context, people: readonly Person[]) {
  const reply_markup = inlineKeyboard()
    .text("Add a parent", add({ role: "parent" }))
    .text("Add a child", add({ role: "child" }))
    .row()
    .when(people.length > 0, (buttons) => buttons.text("Done", "done"))
  return ctx.reply(textOf(people), { reply_markup })
}

function textOf(people: readonly Person[]): string {
  if (people.length === 0) return "Nobody yet."
  const lines = people.map(({ role, name, age = "of unknown age" }) => `${role}: ${name}, ${age}`)
  return lines.join("\n")
}

export function register(dispatcher: Dispatcher) {
  family.mount(dispatcher)
  dispatcher.message((ctx) => ctx.reply("/start begins."))
}
