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
] as const)("what the guide says of %s is what its bot does", (name, program, shown) => {
  const source = readFileSync(`${peersFolder}${program}`, "utf8")
  const examples = guide.filter(({ title }) => title.includes(`: ${name} (`)).slice(0, shown)
  expect(examples).toHaveLength(shown)
  for (const { code } of examples) expect(source).toContain(code)
})
