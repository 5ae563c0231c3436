import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { docExamples } from "../../../test/support/doc-examples.js"
import { peersFolder } from "../../../test/support/peers.js"

const guide = docExamples("docs/guides/simulator.md")

test.each([
  ["grammY", "grammy-bot.mjs", 1],
  ["Telegraf", "telegraf-bot.mjs", 2],
  ["GramIO", "gramio-bot.mjs", 1],
  ["node-telegram-bot-api", "node-telegram-bot-api-bot.mjs", 1],
  ["python-telegram-bot", "python_telegram_bot.py", 1],
] as const)("the guide describes the behaviour of the %s bot correctly", (name, program, shown) => {
  const source = readFileSync(`${peersFolder}${program}`, "utf8")
  const statements = new Set(source.split("\n").map((line) => line.trim()))
  const imported = importsOf(source)
  const examples = guide.filter(({ title }) => title.includes(`: ${name} (`)).slice(0, shown)
  expect(examples).toHaveLength(shown)
  for (const { code } of examples) {
    const own = importsOf(code)
    expect(own.length).toBeGreaterThan(0)
    for (const entry of own) expect(imported).toContain(entry)
    // The tests' bots take the same variables and others from the environment, in other lines.
    const lines = code.split("\n").map((line) => line.trim())
    for (const line of lines.filter((each) => !/^(import|from)\b|process\.env$|^$/.test(each))) {
      expect(statements).toContain(line)
    }
  }
})

/** Returns the names that a program imports, each with its module. */
function importsOf(source: string): string[] {
  const javascript = [...source.matchAll(/^import \{([^}]*)\} from "(.*)"$/gm)].map(
    ([, names = "", from]) => ({ names, from }),
  )
  const python = [...source.matchAll(/^from (\S+) import (?:\(([^)]*)\)|(.*))$/gm)].map(
    ([, from, many, one = ""]) => ({ names: many ?? one, from }),
  )
  return [...javascript, ...python].flatMap(({ names, from }) =>
    names.split(",").flatMap((name) => (name.trim() ? [`${name.trim()} of ${from}`] : [])),
  )
}
