import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Simulator } from "@sounder/simulator"
import { afterAll, beforeAll, expect, test } from "vitest"
import { built, compiled, packageFolder } from "./support/built.js"
import { docExamples } from "./support/doc-examples.js"

const program = docExamples("docs/guides/files.md").find(({ language }) => language === "ts")
let folder = ""

beforeAll(async () => {
  await built()
  // Inside the package, so that `import "sounder"` resolves to the package itself.
  folder = mkdtempSync(join(packageFolder, ".files-guide-"))
  writeFileSync(join(folder, "bot.ts"), program?.code ?? "")
  const compilerOptions = {
    ...{ target: "es2022", module: "nodenext", strict: true, types: ["node"] },
    ...{ skipLibCheck: true, outDir: "out" },
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }))
  expect(await compiled(folder)).toEqual({ status: 0, output: "" })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("the bot of the files guide saves a photo, and sends it twice: uploaded, and by its id", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot()
  const env = { ...process.env, TELEGRAM_API_ROOT: telegram.apiRoot, BOT_TOKEN: account.token }
  const bot = spawn(process.execPath, ["out/bot.js"], { cwd: folder, env, stdio: "inherit" })
  const closed = once(bot, "close")
  try {
    const ada = telegram.user({ first_name: "Ada" })
    const photo = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
    const sent = await ada.send(account, { photo })
    const uploaded = await ada.hears({ timeoutMs: 20_000 })
    expect(uploaded.caption).toBe("Saved, 7 bytes")
    const again = await ada.hears()
    expect(again.photo?.at(-1)?.file_unique_id).toBe(sent.photo?.at(-1)?.file_unique_id)
    const [name = ""] = readdirSync(join(folder, "photos"))
    expect(new Uint8Array(readFileSync(join(folder, "photos", name)))).toEqual(photo)
    const uploads = telegram.calls.filter(({ params }) =>
      (params["photo"] ?? "").endsWith(" bytes)"),
    )
    expect(uploads).toHaveLength(1)
  } finally {
    bot.kill("SIGTERM")
    await closed
  }
})
