import { readdirSync } from "node:fs"
import { expect, test } from "vitest"
import { docExamples } from "./support/doc-examples.js"
import { type GuideProgram, runGuideProgram } from "./support/guide-program.js"
import type { Skippable } from "./support/leave-out.js"
import { peersFolder, requirePackages } from "./support/peers.js"
import { requirePythonTelegramBot } from "./support/require-python.js"

/** How the program of another library is run. */
interface Origin {
  readonly guide: string
  start(code: string, context: Skippable): Promise<GuideProgram>
}

const origins: readonly Origin[] = [
  { guide: "from-grammy.md", start: (code) => runGuideProgram(code) },
  { guide: "from-telegraf.md", start: (code) => runGuideProgram(code) },
  {
    guide: "from-node-telegram-bot-api.md",
    start: (code, context) => {
      requirePackages(context)
      return runGuideProgram(code, {}, "bot.mjs", { packages: peersFolder })
    },
  },
  {
    guide: "from-python-telegram-bot.md",
    start: (code, context) => {
      const interpreter = requirePythonTelegramBot(context)
      return runGuideProgram(code, {}, "bot.py", { interpreter })
    },
  },
]

/** Returns the two programs of a guide: that of the other library, and that of Sounder. */
function programsOf(guide: string): readonly [string, string] {
  const programs = docExamples(`docs/guides/${guide}`)
    .filter(({ title }) => title.includes(": The same bot"))
    .map(({ code }) => code)
  expect(programs).toHaveLength(2)
  const [theirs = "", ours = ""] = programs
  expect(theirs).not.toContain('"sounder')
  expect(ours).toContain('from "sounder"')
  return [theirs, ours]
}

const heard = { timeoutMs: 60_000 }

/** Talks to the bot of the guides. Returns its answers. */
async function answersOf({ ada, account }: GuideProgram): Promise<readonly string[]> {
  const answers: string[] = []
  const say = async (text: string) => {
    await ada.send(account, text)
    const answer = await ada.hears(heard)
    answers.push(answer.text ?? "")
    return answer
  }
  const press = async (message: Awaited<ReturnType<typeof say>>) => {
    await ada.press(message, "More")
    const edited = await ada.seesEdit(heard)
    answers.push(edited.text ?? "")
    return edited
  }
  const shown = await say("/start")
  await press(await press(shown))
  await say("Tea, please")
  await say("/fail")
  await say("/start")
  return answers
}

const expected = [
  "Count 0",
  "Count 1",
  "Count 2",
  "You said: Tea, please",
  "Sorry, that failed.",
  "Count 2",
]

test.for(origins)(
  "both bots of $guide give the same answers",
  { timeout: 240_000 },
  async ({ guide, start }, context) => {
    const [theirs, ours] = programsOf(guide)
    await using before = await start(theirs, context)
    expect(await answersOf(before)).toEqual(expected)
    await using after = await runGuideProgram(ours)
    expect(await answersOf(after)).toEqual(expected)
  },
)

test("every guide for a library that people come from is run", () => {
  const guides = readdirSync("docs/guides").filter((name) => name.startsWith("from-"))
  expect(origins.map(({ guide }) => guide).toSorted()).toEqual(guides.toSorted())
})
