import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { Simulator } from "@sounder/simulator"
import { beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { built } from "../../support/built.js"
import { stageOfFile } from "../../support/postgres-stage.js"
import { requireServer } from "../../support/real-servers.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const program = fileURLToPath(new URL("programs/promising-bot.mjs", import.meta.url))
const stage = stageOfFile()
const newPath = pathsIn(temporaryFolder())
beforeAll(built)

/** A store of a queue. */
interface Store {
  readonly place: string
  /** Frees the updates of a process that has died. */
  free(): Promise<unknown>
}

const storeOf = {
  SqliteQueue: (): Store => ({ place: newPath(), free: async () => {} }),
  PostgresQueue: (): Store => {
    const [url, schema] = [new URL(stage.server.url), stage.newSchema()]
    url.searchParams.set("schema", schema)
    return { place: url.href, free: () => stage.endLeases(schema) }
  },
}

/** Runs the bot. Resolves with the signal of its end and its report. */
async function run(settings: object): Promise<{ signal: unknown; report: unknown }> {
  const args = ["--no-warnings", program, JSON.stringify(settings)]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  const [printed, [, signal]] = await Promise.all([
    text(child.stdout),
    once(child, "exit") as Promise<[unknown, unknown]>,
  ])
  return { signal, report: printed === "" ? undefined : JSON.parse(printed) }
}

/** Kills a bot at a moment, starts it again, and returns the messages of both runs and the second report. */
async function killedAt(crash: string, unsure: "repeat" | "skip", store: Store) {
  await using telegram = await Simulator.start()
  const account = telegram.bot()
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "/start")
  const { token } = account
  const settings = { store: store.place, token, apiRoot: telegram.apiRoot, chat: ada.id, unsure }
  const sent = () =>
    telegram.calls.filter(({ method }) => method === "sendMessage").map(({ params }) => params.text)
  expect((await run({ ...settings, crash })).signal).toBe("SIGKILL")
  const first = sent()
  await store.free()
  const { signal, report } = await run(settings)
  expect(signal).toBeNull()
  return { first, all: sent(), report }
}

describe.each(["SqliteQueue", "PostgresQueue"] as const)("kill -9 of a bot with a %s", (name) => {
  const open = (context: Parameters<typeof requireServer>[1]) => {
    if (name === "PostgresQueue") requireServer("postgres", context)
    return storeOf[name]()
  }

  test("before the commit: neither the value nor the call exists", async (context) => {
    const { first, all, report } = await killedAt("before commit", "skip", open(context))
    expect(first).toEqual([])
    expect(all).toEqual(["promised", "end"])
    expect(report).toEqual({ paidAtStart: false, unsure: [] })
  })

  test("after the commit: both exist, and the call is made", async (context) => {
    const { first, all, report } = await killedAt("after commit", "repeat", open(context))
    expect(first).toEqual([])
    expect(all).toEqual(["promised", "end"])
    // The queue cannot tell this moment from the next one.
    expect(report).toEqual({ paidAtStart: true, unsure: ["repeat"] })
  })

  test.for([
    { unsure: "repeat", all: ["promised", "promised", "end"] },
    { unsure: "skip", all: ["promised", "end"] },
  ] as const)(
    "between send and note: $unsure as the call says, and counted",
    async ({ unsure, all }, context) => {
      const killed = await killedAt("between send and note", unsure, open(context))
      expect(killed.first).toEqual(["promised"])
      expect(killed.all).toEqual(all)
      expect(killed.report).toEqual({ paidAtStart: true, unsure: [unsure] })
    },
  )
})
