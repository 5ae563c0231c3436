import { fileURLToPath } from "node:url"
import { Keyv } from "keyv"
import { KeyvFile } from "keyv-file"
import { beforeAll, expect, test } from "vitest"
import { built } from "../support/built.js"
import { runProgram } from "../support/run-program.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const program = fileURLToPath(new URL("programs/counting-bot.mjs", import.meta.url))
const newPath = pathsIn(temporaryFolder())

beforeAll(built)

test.each(["before set", "after set", "after done"])(
  "a bot that is killed again and again %s counts each update once in its sessions' store",
  async (step) => {
    const settings = { path: newPath(), folder: newPath(), updates: 30, chats: 3 }
    for (const time of [1, 2, 5]) {
      expect(await runProgram(program, { ...settings, killAt: { step, time } })).toBe("SIGKILL")
    }
    expect(await runProgram(program, settings)).toBe(0)

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
