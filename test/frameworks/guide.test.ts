import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { type GuideProgram, runGuideProgram } from "../support/guide-program.js"

const examples = docExamples("docs/guides/existing-bots.md").filter(({ language }) =>
  /^[jt]s$/.test(language),
)

/** Returns the only program of the guide that contains a text. */
function programWith(text: string): string {
  const found = examples.filter(({ code }) => code.includes(text))
  expect(found).toHaveLength(1)
  return found[0]?.code ?? ""
}

const heard = { timeoutMs: 60_000 }

async function talk({ ada, account }: GuideProgram, says: string, answer: string): Promise<void> {
  await ada.send(account, says)
  expect((await ada.hears(heard)).text).toBe(answer)
}

test.each([
  [
    "grammY",
    'const bot = new Bot(process.env.BOT_TOKEN ?? "", { client: { apiRoot } })\nbot.command("start"',
  ],
  ["Telegraf", 'const bot = new Telegraf(process.env.BOT_TOKEN ?? "", {'],
])(
  "the program for %s answers",
  async (_, text) => {
    await using running = await runGuideProgram(programWith(text))
    await talk(running, "/start", "Hello!")
  },
  240_000,
)

test("the program with a session and a conversation of grammY goes on after a restart", async () => {
  await using running = await runGuideProgram(programWith("createConversation(greet)"))
  await talk(running, "/count", "1")
  await talk(running, "/greet", "What is your name?")
  await running.restart()
  await talk(running, "Ada", "Hello, Ada!")
  await talk(running, "/count", "2")
}, 240_000)

test("the program with a scene of Telegraf goes on after a restart", async () => {
  await using running = await runGuideProgram(programWith("Scenes.WizardScene"))
  await talk(running, "/greet", "What is your name?")
  await running.restart()
  await talk(running, "Ada", "Hello, Ada!")
}, 240_000)

test("the CommonJS program with a menu of grammY runs as shown", async () => {
  await using running = await runGuideProgram(programWith("require("), {}, "bot.cjs")
  const { ada, account } = running
  await ada.send(account, "/start")
  const shown = await ada.hears(heard)
  await ada.press(shown, "More")
  expect((await ada.seesEdit()).text).toBe("Count 1")
}, 240_000)
