import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Simulator, type SimulatedBot, type SimulatedUser } from "@sounder/simulator"
import { afterEach, beforeEach, expect, test } from "vitest"
import { temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"
import { run } from "../../src/cli/run.js"
import { runHere } from "../support/run-here.js"

const folder = temporaryFolder()
let telegram: Simulator
let account: SimulatedBot
let ada: SimulatedUser

beforeEach(async () => {
  telegram = await Simulator.start()
  account = telegram.bot({ username: "called_bot" })
  ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "/start")
})

afterEach(() => telegram[Symbol.asyncDispose]())

const flags = () => ["--token", account.token, "--api-root", telegram.apiRoot]

test("call makes a call with its parameters, and prints the result as JSON", async () => {
  const markup = { inline_keyboard: [[{ text: "Press", callback_data: "press" }]] }
  const parameters = [`chat_id=${ada.id}`, "text=2 = 2", `reply_markup=${JSON.stringify(markup)}`]
  const { status, printed } = await runHere("call", "sendMessage", ...parameters, ...flags())
  expect(status).toBe(0)
  expect(JSON.parse(printed)).toMatchObject({ text: "2 = 2" })
  expect(await ada.hears()).toMatchObject({ text: "2 = 2", reply_markup: markup })
})

test("call uploads a file that a parameter names with @", async () => {
  const path = join(folder, "report.txt")
  writeFileSync(path, "A report")
  const parameters = [`chat_id=${ada.id}`, `document=@${path}`]
  const { status, complaint } = await runHere("call", "sendDocument", ...parameters, ...flags())
  expect(status, complaint).toBe(0)
  expect((await ada.hears()).document).toMatchObject({ file_name: "report.txt", file_size: 8 })
})

test.each([
  [["getMe", "chat_id"], 2, "Expected a parameter such as chat_id=42."],
  [["noSuchMethod"], 1, "404"],
  [["sendMessage", "chat_id=1", "text=x"], 1, "chat not found"],
  [["sendDocument", "chat_id=1", "document=@/no/such/file"], 1, "/no/such/file"],
])("call %j ends with %i and says %s", async (args, expected, reason) => {
  const { status, complaint, printed } = await runHere("call", ...args, ...flags())
  expect(status).toBe(expected)
  expect(complaint).toContain(reason)
  expect(printed + complaint).not.toContain(account.token.split(":")[1])
})

test("updates prints the waiting updates, and leaves them at Telegram", async () => {
  await ada.send(account, "Second")
  const { status, printed } = await runHere("updates", "--once", ...flags())
  expect(status).toBe(0)
  expect(texts(printed)).toEqual(["/start", "Second"])
  const info = await runHere("call", "getWebhookInfo", ...flags())
  expect(JSON.parse(info.printed)).toMatchObject({ pending_update_count: 2 })
})

test("updates --confirm confirms the printed updates", async () => {
  const { printed } = await runHere("updates", "--once", "--confirm", ...flags())
  expect(texts(printed)).toEqual(["/start"])
  expect((await runHere("updates", "--once", ...flags())).printed).toBe("")
})

test.each([[[]], [["--confirm"]]])(
  "updates with %j prints each update once, until it is stopped",
  async (more) => {
    let printed = ""
    const output = { print: (text: string) => void (printed += text), complain: () => {} }
    const status = run(["updates", ...more, ...flags()], output)
    await untilTrue(() => texts(printed).includes("/start"))
    await ada.send(account, "Later")
    await untilTrue(() => texts(printed).includes("Later"))
    process.emit("SIGINT", "SIGINT")
    expect(await status).toBe(0)
    expect(texts(printed)).toEqual(["/start", "Later"])
  },
)

function texts(printed: string): (string | undefined)[] {
  const lines = printed.split("\n").filter((line) => line !== "")
  // The simulator's own objects.
  return lines.map((line) => (JSON.parse(line) as { message?: { text?: string } }).message?.text)
}
