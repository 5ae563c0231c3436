import { expect, test } from "vitest"
import { built, finished, packageFolder } from "../support/built.js"

const program = `
  import { Bot } from "sounder"
  import { createRequire } from "node:module"

  const bot = new Bot("42:AAsecretsecretsecretsecret", { apiRoot: "http://127.0.0.1:1" })
  await bot.getMe().catch(() => {})
  const files = Object.keys(createRequire(process.cwd() + "/").cache)
  console.log(JSON.stringify(files.map((file) => file.replaceAll("\\\\", "/"))))
`

test("a bot that calls Telegram loads no more of undici than connections need", async () => {
  await built()
  const args = ["--input-type=module", "-e", program]
  const { output } = await finished(process.execPath, args, packageFolder)
  const files = JSON.parse(output) as string[]
  expect(files.some((file) => file.endsWith("undici/lib/dispatcher/pool.js"))).toBe(true)
  expect(files.filter((file) => /undici\/(index\.js|lib\/(web|mock|cache))/.test(file))).toEqual([])
})
