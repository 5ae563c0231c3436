import { expect, test } from "vitest"
import { docExamples } from "./support/doc-examples.js"
import { runGuideProgram } from "./support/guide-program.js"

/** The rest of a bot of `sounder init` around its handlers. */
const bot = `
import { Updater } from "sounder"
const updater = new Updater({ token: process.env.BOT_TOKEN })
register(updater.dispatcher)
await updater.runPolling()
`

function handlersOf(guide: string): string {
  const found = docExamples(guide).filter(({ code }) => code.includes("function register("))
  expect(found).toHaveLength(1)
  return found[0]?.code ?? ""
}

test("the handlers.ts of the guide about conversations leads a dialog", async () => {
  await using running = await runGuideProgram(handlersOf("docs/guides/conversation.md") + bot)
  const { ada, account } = running
  for (const [says, answer] of [
    ["Hi", "Send /greet."],
    ["/greet", "What is your name?"],
    ["Ada", "Hello, Ada!"],
    ["Bye", "Send /greet."],
    ["/greet", "What is your name?"],
    ["/cancel", "Then without a name. Send /greet."],
    ["Bye", "Send /greet."],
  ] as const) {
    await ada.send(account, says)
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe(answer)
  }
}, 240_000)

test("the handlers.ts of the guide about menus shows a menu", async () => {
  await using running = await runGuideProgram(handlersOf("docs/guides/menus.md") + bot)
  const { ada, account } = running
  await ada.send(account, "/colors")
  const press = await ada.press(await ada.hears({ timeoutMs: 60_000 }), "Red")
  expect(await press.answered).toMatchObject({ text: "Red it is." })
}, 240_000)

test("the order of the guide about conversations helps after a wrong answer", async () => {
  const order = docExamples("docs/guides/conversation.md").find(({ code }) =>
    code.includes('new Conversation("order"'),
  )
  await using running = await runGuideProgram(order?.code ?? "")
  const { ada, account } = running
  for (const [says, answer] of [
    ["/order", "Which size?"],
    ["big", "Please answer the question, or send /cancel."],
    ["/help", "Answer, or /cancel."],
    ["42", "Which address?"],
    ["/cancel", "Cancelled."],
  ] as const) {
    await ada.send(account, says)
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe(answer)
  }
}, 240_000)
