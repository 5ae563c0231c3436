import { expect, test } from "vitest"
import { built, finished, packageFolder } from "../support/built.js"

/** Prints the files that \`require\` has loaded, and Node's own modules. */
const loaded = `
  import { createRequire } from "node:module"
  const files = Object.keys(createRequire(process.cwd() + "/").cache)
  const own = process.moduleLoadList.map((name) => name.replace(/^\\w+ /, ""))
  console.log(JSON.stringify({ files: files.map((file) => file.replaceAll("\\\\", "/")), own }))
`

interface Loaded {
  readonly files: readonly string[]
  readonly own: readonly string[]
}

async function loadedBy(program: string): Promise<Loaded> {
  await built()
  const args = ["--input-type=module", "-e", program + loaded]
  const { output } = await finished(process.execPath, args, packageFolder)
  // The program prints a line of JSON of this type.
  return JSON.parse(output) as Loaded
}

test("a bot that calls Telegram loads nothing of undici, and neither node:http nor Node's fetch", async () => {
  const { files, own } = await loadedBy(`
    import { Bot } from "sounder"
    const bot = new Bot("42:AAsecretsecretsecretsecret", { apiRoot: "http://127.0.0.1:1" })
    await bot.getUpdates({ allowed_updates: ["message"] }).catch(() => {})
  `)
  expect(files.filter((file) => file.includes("/undici/"))).toEqual([])
  expect(own).toContain("net")
  for (const name of ["http", "tls", "internal/deps/undici/undici"]) expect(own).not.toContain(name)
})

test("a bot that sends a file loads no more of undici than connections need", async () => {
  const { files, own } = await loadedBy(`
    import { Bot, InputFile } from "sounder"
    const bot = new Bot("42:AAsecretsecretsecretsecret", { apiRoot: "http://127.0.0.1:1" })
    const document = InputFile.bytes(new Uint8Array(1))
    await bot.sendDocument({ chat_id: 1, document }).catch(() => {})
  `)
  expect(files.some((file) => file.endsWith("undici/lib/dispatcher/pool.js"))).toBe(true)
  const unneeded = /undici\/(index\.js|lib\/(web|mock|cache|api)|lib\/dispatcher\/.*(proxy|agent))/
  expect(files.filter((file) => unneeded.test(file))).toEqual([])
  expect(own).not.toContain("internal/deps/undici/undici")
})

test("importing sounder loads neither Node's network nor the streams of files", async () => {
  const { own } = await loadedBy(`import "sounder"`)
  expect(own).toContain("fs")
  for (const name of ["net", "http", "tls", "crypto", "internal/fs/streams"]) {
    expect(own).not.toContain(name)
  }
})
