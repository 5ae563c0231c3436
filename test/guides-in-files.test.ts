import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type SimulatedBot, type SimulatedUser, Simulator } from "@sounder/simulator"
import { afterEach, beforeEach, expect, test } from "vitest"
import { built, compiled, finished, packageFolder } from "./support/built.js"
import { docExamples, namedPrograms } from "./support/doc-examples.js"
import { tinyPhoto } from "./support/tiny-photo.js"

let folder = ""

beforeEach(async () => {
  await built()
  // Inside the package, so that `import "sounder"` resolves to the package itself.
  folder = mkdtempSync(join(packageFolder, ".guide-program-"))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes the files of a guide, and compiles them into `out`. */
async function write(programs: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, code] of programs) writeFileSync(join(folder, name), code)
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    rewriteRelativeImportExtensions: true,
    strict: true,
    outDir: "out",
    types: ["node"],
  }
  const config = { compilerOptions, files: [...programs.keys()] }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  expect(await compiled(folder)).toEqual({ status: 0, output: "" })
}

/** A person, and the bot that the person uses. */
interface Stage {
  readonly ada: SimulatedUser
  readonly account: SimulatedBot
  readonly calls: Simulator["calls"]
  /** Sends a text. Resolves with the text of the answer. */
  ask(text: string): Promise<string>
}

const heard = { timeoutMs: 60_000 }

/** Runs `bot.ts` of the folder while a person talks to it. Resolves with the bot's calls. */
async function talk(
  talking: (stage: Stage) => Promise<void>,
  environment: (ada: SimulatedUser) => NodeJS.ProcessEnv = () => ({}),
): Promise<Simulator["calls"]> {
  await using telegram = await Simulator.start()
  const account = telegram.bot()
  const ada = telegram.user({ first_name: "Ada" })
  const env = { TELEGRAM_API_ROOT: telegram.apiRoot, BOT_TOKEN: account.token }
  const bot = spawn(process.execPath, ["out/bot.js"], {
    cwd: folder,
    env: { ...process.env, ...env, ...environment(ada) },
    stdio: ["ignore", "ignore", "inherit"],
  })
  const closed = once(bot, "close")
  const ask = async (text: string) => {
    await ada.send(account, text)
    return (await ada.hears(heard)).text ?? ""
  }
  try {
    await talking({ ada, account, ask, calls: telegram.calls })
  } finally {
    bot.kill("SIGTERM")
    await closed
  }
  return telegram.calls
}

test("the bot of the guide about structure has its parts in their order", async () => {
  await write(namedPrograms("docs/guides/structure.md"))
  await talk(async ({ ask }) => {
    expect(await ask("/notes")).toBe("No notes yet.")
    expect(await ask("/note milk")).toBe("Note 1 is stored.")
    expect(await ask("/notes")).toBe("milk")
    expect(await ask("/version")).toBe("I know /note and /notes.")
  })
  await talk(
    async ({ ask }) => expect(await ask("/version")).toBe("1.0.0"),
    (ada) => ({ ADMINS: `1,${ada.id}` }),
  )
}, 240_000)

test("the plug-in of the guide counts, answers and protects", async () => {
  await write(namedPrograms("docs/guides/plugins.md"))
  const calls = await talk(async ({ ask }) => {
    expect(await ask("Hi")).toBe("I have heard you 1 times.")
    expect(await ask("/count")).toBe("Visit number 2")
  })
  const sent = calls.filter(({ method }) => method === "sendMessage")
  expect(sent.map(({ params }) => params["protect_content"])).toEqual(["true", "true"])
}, 240_000)

test("the tests of the guide about testing pass", async () => {
  await write(namedPrograms("docs/guides/testing.md"))
  const run = ["--test", "out/handlers.test.js"]
  const { status, output } = await finished(process.execPath, run, folder)
  expect(status, output).toBe(0)
  expect(output).toContain("pass 5")
}, 240_000)

test("the bot of the guide about messages edits, sends an album, replaces a picture and deletes", async () => {
  const [program] = docExamples("docs/guides/messages.md")
  await write(new Map([["bot.ts", program?.code ?? ""]]))
  mkdirSync(join(folder, "pictures"))
  const photo = new Uint8Array(tinyPhoto)
  for (const name of ["one.jpg", "two.jpg"]) writeFileSync(join(folder, "pictures", name), photo)
  const calls = await talk(async ({ ada, account, calls: made }) => {
    await ada.send(account, "/list")
    let list = await ada.hears(heard)
    expect(list.text).toBe("To buy:")
    for (const item of ["Milk", "Bread", "Tea"]) {
      await ada.press(list, item)
      list = await ada.seesEdit(heard)
    }
    expect(list.text).toBe("Everything is bought.")
    await ada.send(account, "/album")
    const first = await ada.hears(heard)
    expect(first.caption).toBe("Two pictures")
    await ada.hears(heard)
    await ada.send(account, { photo }, { reply_to: first })
    expect((await ada.seesEdit(heard)).caption).toBe("A new picture")
    await ada.send(account, "Forget this, please")
    const isDeletion = ({ method, status }: { method: string; status: number }) =>
      method === "deleteMessage" && status === 200
    await made.wait(isDeletion, 1, heard)
  })
  const methods = new Set(calls.filter(({ status }) => status === 200).map(({ method }) => method))
  for (const method of ["setMessageReaction", "deleteMessage", "sendMediaGroup"]) {
    expect(methods).toContain(method)
  }
}, 240_000)
