import { Simulator } from "@sounder/simulator"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { built, finished, packageFolder } from "../support/built.js"
import { temporaryFolder } from "../support/temporary-folder.js"

const folder = temporaryFolder()

beforeAll(async () => {
  await built()
  mkdirSync(join(folder, "node_modules"))
  symlinkSync(packageFolder, join(folder, "node_modules", "sounder"))
  for (const name of ["grammy", "telegraf"])
    symlinkSync(join(packageFolder, "node_modules", name), join(folder, "node_modules", name))
})

const grammy = `import { Bot } from "grammy"
const { api } = new Bot(process.env.BOT_TOKEN, { client: { apiRoot: process.env.TELEGRAM_API_ROOT } })
`
const telegraf = `import { Telegraf } from "telegraf"
const options = { telegram: { apiRoot: process.env.TELEGRAM_API_ROOT } }
const api = new Telegraf(process.env.BOT_TOKEN, options).telegram
`

/** Runs a program with `sounder run`, and with the module that `sounder dev` loads before a bot. */
async function outputs(text: string): Promise<string[]> {
  await using telegram = await Simulator.start()
  const { token } = telegram.bot()
  const env = { ...process.env, BOT_TOKEN: token, TELEGRAM_API_ROOT: telegram.apiRoot }
  writeFileSync(join(folder, "bot.mjs"), text)
  const run = ["node_modules/sounder/dist/cli/main.js", "run", "bot.mjs"]
  const dev = ["--import", "./node_modules/sounder/dist/cli/project/advice-in-bot.js", "bot.mjs"]
  return await Promise.all(
    [run, dev].map(async (args) => {
      const { status, output } = await finished(process.execPath, args, folder, env)
      expect(status, output).toBe(1)
      return output
    }),
  )
}

test.each([
  ["grammY", grammy],
  ["Telegraf", telegraf],
])("a failed call of %s that nothing awaits is named, with its cure", async (_, program) => {
  for (const output of await outputs(`${program}api.sendMessage(1, "")\n`)) {
    expect(output).toMatch(/^.*400: Bad Request: [^\n]+\n\n/)
    expect(output).toContain("A handler does not await its call of sendMessage")
    expect(output).toContain("in front of each call, as in `await ctx.reply(text)`")
    expect(output).not.toMatch(/node_modules|Node\.js v/)
  }
  for (const output of await outputs(`${program}await api.sendMessage(1, "")\n`)) {
    expect(output).toMatch(/at .*bot\.mjs:\d+/)
    expect(output).not.toContain("does not await")
  }
})
