import { Simulator } from "@sounder/simulator"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { beforeAll, expect, test } from "vitest"
import { built, finished, packageFolder } from "./support/built.js"
import { temporaryFolder } from "./support/temporary-folder.js"

const folder = temporaryFolder()
const library = pathToFileURL(join(packageFolder, "dist", "index.js")).href

beforeAll(() => built())

/** Runs a program whose token Telegram does not know, to its end. */
async function run(start: string) {
  await using telegram = await Simulator.start()
  const program = `import { Updater } from ${JSON.stringify(library)}
const updater = new Updater({ token: "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" })
${start}
`
  const file = join(folder, "bot.mjs")
  writeFileSync(file, program)
  const env = { ...process.env, TELEGRAM_API_ROOT: telegram.apiRoot }
  return await finished(process.execPath, [file], folder, env)
}

test("Node prints a start that fails as its sentence and the line of the program", async () => {
  const { status, output } = await run("await updater.runPolling()")
  expect(status).toBe(1)
  expect(output).toMatch(
    /^Unauthorized: getWebhookInfo was answered with 401: .* @BotFather\n {4}at \S*bot\.mjs:3:15\n\nNode\.js/m,
  )
  expect(output).not.toMatch(/errorCode|dist\//)
})

test("an error of a start that the program catches keeps its fields and its cause", async () => {
  const options = '{ webhookUrl: "https://bot.example.com/hook", port: 0, cert: "none.pem" }'
  const { status, output } = await run(
    `await updater.startWebhook(${options}).catch((error) => console.log(Object.keys(error).join(), error.cause.code))`,
  )
  expect(status).toBe(0)
  expect(output).toMatch(/^\S*code ENOENT$/m)
})
