import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Keyv } from "keyv"
import { KeyvFile } from "keyv-file"
import { beforeAll, expect, test } from "vitest"
import { built } from "../support/built.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const program = fileURLToPath(new URL("programs/counting-bot.mjs", import.meta.url))
const newPath = pathsIn(temporaryFolder())

beforeAll(built)

/** Runs the bot. Returns its signal or exit code. */
async function run(settings: object): Promise<unknown> {
  const args = ["--no-warnings", program, JSON.stringify(settings)]
  const bot = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] })
  const [code, signal] = (await once(bot, "exit")) as unknown[] // the arguments of `exit`
  return signal ?? code
}

test.each(["before set", "after set", "after done"])(
  "a bot that is killed again and again %s counts each update once in its sessions' store",
  async (step) => {
    const settings = { path: newPath(), folder: newPath(), updates: 30, chats: 3 }
    for (const time of [1, 2, 5]) {
      expect(await run({ ...settings, killAt: { step, time } })).toBe("SIGKILL")
    }
    expect(await run(settings)).toBe(0)

    const files = new KeyvFile({ filename: settings.folder, separatedFile: true })
    const store = new Keyv({ store: files, throwOnErrors: true })
    const counts = ["1:count:1", "1:count:2", "1:count:3", "1:total:"].map(async (key) => {
      const record = JSON.parse(String(await store.get(key))) as { value: { data: unknown } }
      return record.value.data
    })
    expect(await Promise.all(counts)).toEqual([{ n: 10 }, { n: 10 }, { n: 10 }, { n: 30 }])
  },
  120_000,
)
