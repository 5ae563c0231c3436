import { fork } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, expect, onTestFinished, test } from "vitest"
import { built } from "../support/built.js"
import { temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/changed-bot.mjs", import.meta.url))
const folder = temporaryFolder()
beforeAll(built)

const [ada, eve, newcomer] = [1, 2, 3]
/** The lines of a bot's log: a chat with a message to it, or an error that sets an update aside. */
type Line = [number | "error", string | boolean]
let runs = 0

function linesOf(log: string): Line[] {
  if (!existsSync(log)) return []
  const lines = readFileSync(log, "utf8").split("\n").filter(Boolean)
  return lines.map((line) => JSON.parse(line) as Line)
}

/** Runs one version of the bot until it has said a number of lines, and kills or stops it. */
async function run(settings: { log: string }, lines: number, isKilled: boolean): Promise<void> {
  const args = [JSON.stringify(settings)]
  const child = fork(program, args, { execArgv: ["--no-warnings"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  await once(child, "message")
  await untilTrue(() => linesOf(settings.log).length >= lines)
  const closed = once(child, "exit")
  if (isKilled) child.kill("SIGKILL")
  else child.disconnect()
  await closed
}

/** The lines that Ada, in the middle of the dialog, and a newcomer see after the change. */
interface Expected {
  readonly reaction: string
  /** Ada's messages to "Main St" and to "7 High St", and the errors. */
  readonly ada: readonly (string | boolean)[]
  readonly newcomer: readonly string[]
}

const plain = ["Which size?", "Which address?", "Ordered."]
test.each<[string, Expected]>([
  [
    "state removed",
    {
      reaction: "end",
      ada: ["(Main St)", "(7 High St)"],
      newcomer: ["Which size?", "Ordered.", "(7 High St)"],
    },
  ],
  [
    "state removed",
    {
      reaction: "setAside",
      ada: [true, true],
      newcomer: ["Which size?", "Ordered.", "(7 High St)"],
    },
  ],
  ["state renamed", { reaction: "end", ada: ["(Main St)", "(7 High St)"], newcomer: plain }],
  ["state renamed", { reaction: "setAside", ada: [true, true], newcomer: plain }],
  [
    "state added",
    {
      reaction: "setAside",
      ada: ["Right?", "Ordered."],
      newcomer: [...plain.slice(0, 2), "Right?"],
    },
  ],
  [
    "script before the wait",
    {
      reaction: "restart",
      ada: ["Welcome!", "Which size?", "Which address?"],
      newcomer: ["Welcome!", ...plain],
    },
  ],
  [
    "script before the wait",
    { reaction: "end", ada: ["(Main St)", "(7 High St)"], newcomer: ["Welcome!", ...plain] },
  ],
  [
    "script before the wait",
    { reaction: "setAside", ada: [true, true], newcomer: ["Welcome!", ...plain] },
  ],
  [
    "script at the wait",
    { reaction: "setAside", ada: ["With a number, please.", "Ordered."], newcomer: plain },
  ],
  [
    "script behind the wait",
    {
      reaction: "setAside",
      ada: ["Right?", "Ordered."],
      newcomer: [...plain.slice(0, 2), "Right?"],
    },
  ],
])("a deployment with a %s, for people in the middle of a dialog: %o", async (change, expected) => {
  const place = String((runs += 1))
  const [path, log] = ["db", "log"].map((end) => join(folder, `${place}.${end}`)) as [
    string,
    string,
  ]
  const { reaction } = expected
  const bot = { path, log, change, reaction }
  const before = [
    [1, ada, "/order"],
    [2, eve, "/order"],
    [3, ada, "42"],
  ]
  await run({ ...bot, version: 1, updates: before } as never, 3, Number(place) % 2 === 0)
  const saidBefore = linesOf(log).length
  expect(saidBefore).toBe(3)
  const after = [
    [4, ada, "Main St"],
    [5, newcomer, "/order"],
    [6, ada, "7 High St"],
    [7, newcomer, "9"],
    [8, newcomer, "7 High St"],
  ]
  const total = saidBefore + expected.ada.length + expected.newcomer.length
  await run({ ...bot, version: 2, updates: after } as never, total, false)
  const lines = linesOf(log).slice(saidBefore)
  const seenBy = (chat: number) => lines.filter(([to]) => to === chat).map(([, text]) => text)
  const errors = lines.filter(([to]) => to === "error").map(([, isUnhandleable]) => isUnhandleable)
  expect([...seenBy(ada), ...errors]).toEqual(expected.ada)
  expect(seenBy(newcomer)).toEqual(expected.newcomer)
})
