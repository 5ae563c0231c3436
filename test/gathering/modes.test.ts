import { Simulator } from "@sounder/simulator"
import { describe, expect, onTestFinished, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { albums, bursts, pastes } from "../../src/gathering/index.js"
import { postgresModes } from "../support/postgres-modes.js"
import { importGraph, readSources } from "../support/import-graph.js"
import { type Mode, modes } from "../support/modes.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { untilTrue } from "../support/waiting.js"

const photo = Buffer.from("jpeg")
const timeoutMs = 60_000

/** Starts a bot that gathers, and a person. */
async function staged(mode: Mode) {
  const telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "suite_bot" })
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
  const running = await mode.open(bot)
  onTestFinished(async () => {
    await running.stop({ deadlineMs: 100 })
    await running.close()
    await telegram[Symbol.asyncDispose]()
    await bot[Symbol.asyncDispose]()
  })
  const { dispatcher } = running
  // Long enough for a machine that stands still between two parts.
  const quietMs = 3_000
  albums({ quietMs }).handle(dispatcher, (ctx) =>
    ctx.reply(`album of ${ctx.parts.length}: ${ctx.caption?.text ?? ""}`),
  )
  bursts(filters.forwarded, { quietMs }).handle(dispatcher, (ctx) =>
    ctx.reply(`forwarded: ${ctx.parts.length}`),
  )
  pastes({ quietMs }).handle(dispatcher, (ctx) => ctx.reply(`paste of ${ctx.text.text.length}`))
  await running.start()
  const ada = telegram.user({ first_name: "Ada" })
  const heard = async () => (await ada.hears({ timeoutMs })).text
  return { telegram, account, ada, heard }
}

function describeGathering(mode: Mode): void {
  const name = `${mode.name}: albums, forwarded albums and pastes are answered once`
  test(name, { timeout: 180_000 }, async () => {
    const { telegram, account, ada, heard } = await staged(mode)
    const sent = await ada.sendAlbum(
      account,
      Array.from({ length: 10 }, (_, index) => ({
        photo,
        ...(index === 2 && { caption: "Rome" }),
      })),
    )
    expect(await heard()).toBe("album of 10: Rome")
    await ada.forwardAll(sent.slice(0, 4), account)
    expect(await heard()).toBe("album of 4: Rome")
    const texts = await Promise.all(["a", "b", "c"].map((text) => ada.send(account, text)))
    await ada.forwardAll(texts, account)
    expect(await heard()).toBe("forwarded: 3")
    for (const part of ["a".repeat(4_096), "b".repeat(4_096), "c".repeat(3_808)]) {
      await ada.send(account, part)
    }
    expect(await heard()).toBe("paste of 12000")
    const answers = () => telegram.calls.filter(({ method }) => method === "sendMessage").length
    await untilTrue(() => answers() >= 4)
    expect(answers()).toBe(4)
  })
}

const names = ["polling", "webhook over HTTP, into SQLite"]
const chosen = modes.filter(({ name }) => names.includes(name))
test("the modes exist", () => expect(chosen).toHaveLength(names.length))
for (const mode of chosen) describeGathering(mode)

describe("with a database", withPostgres, () => {
  const stage = stageOfFile()
  for (const mode of postgresModes(stage)) describeGathering(mode)
})

test("a bot that imports only `sounder` loads nothing of the gathering", () => {
  const graph = importGraph(readSources("src"))
  const loaded = new Set(["src/index.ts"])
  for (const path of loaded) {
    const edges = graph.get(path) ?? []
    for (const { target } of edges) if (graph.has(target)) loaded.add(target)
  }
  expect(loaded.size).toBeGreaterThan(100)
  const unwanted = [...loaded].filter((path) => /gathering|stand-in/.test(path))
  expect(unwanted).toEqual([])
})
