import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Simulator } from "@sounder/simulator"
import { afterAll, beforeAll, expect, test } from "vitest"
import { built, compiled, packageFolder } from "../support/built.js"
import { docExamples } from "../support/doc-examples.js"

const program = docExamples("docs/guides/conversation.md").find(({ title }) =>
  title.includes("A script"),
)
let folder = ""

beforeAll(async () => {
  await built()
  // Inside the package, so that `import "sounder"` resolves to the package itself.
  folder = mkdtempSync(join(packageFolder, ".conversation-guide-"))
  writeFileSync(join(folder, "bot.ts"), program?.code ?? "")
  const compilerOptions = {
    ...{ target: "es2022", module: "nodenext", strict: true, types: ["node"] },
    ...{ skipLibCheck: true, outDir: "out" },
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }))
  expect(await compiled(folder)).toEqual({ status: 0, output: "" })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("the script of the guide leads a dialog, and goes on after a restart", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot()
  const env = { ...process.env, TELEGRAM_API_ROOT: telegram.apiRoot, BOT_TOKEN: account.token }
  const start = () =>
    spawn(process.execPath, ["out/bot.js"], { cwd: folder, env, stdio: "inherit" })
  let bot = start()
  try {
    const ada = telegram.user({ first_name: "Ada" })
    const hears = async () => (await ada.hears({ timeoutMs: 20_000 })).text
    await ada.send(account, "/register")
    expect(await hears()).toBe("Your name?")
    await ada.send(account, "Ada")
    expect(await hears()).toBe("Your age?")
    await ada.send(account, "twelve")
    expect(await hears()).toBe("A number from 18 on, please.")
    bot.kill("SIGTERM")
    await once(bot, "close")
    bot = start()
    await ada.send(account, "36")
    const question = await ada.hears({ timeoutMs: 20_000 })
    expect(question.text).toBe("Ada, 36: right?")
    await ada.press(question, "Yes")
    expect(await hears()).toBe("You are number 1.")
    await ada.send(account, "/register")
    expect(await hears()).toBe("Your name?")
    await ada.send(account, "/cancel")
    expect(await hears()).toBe("Cancelled.")
  } finally {
    bot.kill("SIGTERM")
    await once(bot, "close")
  }
})
