import { Simulator } from "@sounder/simulator"
import { beforeAll, describe, expect, test } from "vitest"
import { built } from "../support/built.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"
import { FakeModel, ModelBot } from "./model-stage.js"

const newPath = pathsIn(temporaryFolder())
const database = stageOfFile()
const patience = { timeoutMs: 60_000 }
beforeAll(built, 900_000)

/** A place of the bot's data, and the number of processes that share it. */
interface Setting {
  readonly newStore: () => string
  /** Whether the second process runs before the first one dies. */
  readonly hasTwo: boolean
}

function newSchema(): string {
  const url = new URL(database.server.url)
  url.searchParams.set("schema", database.newSchema())
  return url.href
}

/** Starts a Telegram and a model. */
async function started({ newStore, hasTwo }: Setting) {
  const telegram = await Simulator.start()
  const model = await FakeModel.start()
  const account = telegram.bot()
  const ada = telegram.user({ first_name: "Ada" })
  const place = { store: newStore(), token: account.token, apiRoot: telegram.apiRoot }
  const settings = { ...place, model: model.url }
  const sent = () =>
    telegram.calls.filter(({ method }) => method === "sendMessage").map(({ params }) => params.text)
  /** Kills a bot. Resolves with the bot that goes on. */
  const replace = async (first: ModelBot) => {
    const second = hasTwo ? await ModelBot.start(settings) : undefined
    await first.kill()
    return second ?? (await ModelBot.start(settings))
  }
  return {
    ...{ telegram, model, account, ada, settings, sent, replace },
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]()
      await telegram[Symbol.asyncDispose]()
    },
  }
}

type Stage = Awaited<ReturnType<typeof started>>

async function seesDraft({ ada }: Stage, text: string) {
  for (;;) {
    const draft = await ada.seesDraft(patience)
    if (draft.text === text) return draft
  }
}

function describeCrashes(setting: Setting): void {
  test("a bot that is killed while a draft grows sends the answer once, and its session has it once", async () => {
    await using stage = await started(setting)
    const { model, ada, account, settings, sent } = stage
    const first = await ModelBot.start(settings)
    await ada.send(account, "Tell me a story")
    const cut = await model.question()
    cut.write("Once upon a ti")
    const before = await seesDraft(stage, "Once upon a ti")
    await using _ = await stage.replace(first)
    await cut.cut
    const again = await model.question()
    expect(again.turns).toEqual([{ role: "user", text: "Tell me a story" }])
    again.write("Long ago")
    expect((await seesDraft(stage, "Long ago")).id).toBe(before.id)
    again.end(" there was a bot.")
    expect(await ada.hears(patience)).toMatchObject({ text: "Long ago there was a bot." })
    await ada.send(account, "And then?")
    const next = await model.question()
    expect(next.turns).toEqual([
      { role: "user", text: "Tell me a story" },
      { role: "model", text: "Long ago there was a bot." },
      { role: "user", text: "And then?" },
    ])
    next.end("The end.")
    expect(await ada.hears(patience)).toMatchObject({ text: "The end." })
    await untilTrue(() => sent().length >= 2)
    expect(sent()).toEqual(["Long ago there was a bot.", "The end."])
  }, 240_000)

  test("a bot that is killed while a message grows in a group edits that message, and sends no other", async () => {
    await using stage = await started(setting)
    const { telegram, model, ada, account, settings, sent } = stage
    const group = telegram.supergroup({ title: "Readers" }, ada, account)
    await ada.promote(group, account, ["can_delete_messages"])
    const first = await ModelBot.start(settings)
    await ada.send(group, "Tell me a story")
    const cut = await model.question()
    cut.write("Once upon a ti")
    const message = await ada.hears(patience)
    // The edit tells that the message was noted.
    cut.write("me")
    await ada.seesEdit(patience)
    await using _ = await stage.replace(first)
    const again = await model.question()
    again.end("Long ago there was a bot.")
    const edited = await ada.seesEdit(patience)
    expect(edited).toMatchObject({
      message_id: message.message_id,
      text: "Long ago there was a bot.",
    })
    expect(sent()).toEqual(["Once upon a ti"])
  }, 240_000)

  test("a bot that dies after its answer and before the end of the update asks no model again", async () => {
    await using stage = await started(setting)
    const { model, ada, account, settings, sent } = stage
    const first = await ModelBot.start({ ...settings, crash: "after the answer" })
    await ada.send(account, "Tell me a story")
    ;(await model.question()).end("Long ago there was a bot.")
    expect(await first.ended).toBe("SIGKILL")
    await using _ = await ModelBot.start(settings)
    await ada.send(account, "And then?")
    const next = await model.question()
    expect(next.turns.map(({ text }) => text)).toEqual([
      "Tell me a story",
      "Long ago there was a bot.",
      "And then?",
    ])
    next.end("The end.")
    await untilTrue(() => sent().length === 2)
    expect(sent()).toEqual(["Long ago there was a bot.", "The end."])
    expect(model.asked).toBe(2)
  }, 240_000)

  test("a bot that dies between a message and its note sends this one message again, and no other", async () => {
    await using stage = await started(setting)
    const { model, ada, account, settings, sent } = stage
    const long = "word ".repeat(900).trimEnd()
    const first = await ModelBot.start({ ...settings, crash: "between send and note" })
    await ada.send(account, "Tell me a story")
    ;(await model.question()).end(long)
    expect(await first.ended).toBe("SIGKILL")
    await untilTrue(() => sent().length === 1)
    await using _ = await ModelBot.start(settings)
    ;(await model.question()).end(long)
    await untilTrue(() => sent().length === 3)
    const [lost, ...all] = sent()
    expect(all.join(" ")).toBe(long)
    expect(lost).toBe(all[0])
  }, 240_000)

  test("a question of 12,000 characters whose answer is cut by a kill is asked again as one, and Stop ends the next answer", async () => {
    await using stage = await started(setting)
    const { model, ada, account, settings, sent } = stage
    const first = await ModelBot.start(settings)
    const long = "0123456789".repeat(1_200)
    for (const start of [0, 4_096, 8_192]) {
      await ada.send(account, long.slice(start, start + 4_096))
    }
    const cut = await model.question()
    expect(cut.turns).toEqual([{ role: "user", text: long }])
    cut.write("These are")
    const before = await seesDraft(stage, "These are")
    await using _ = await stage.replace(first)
    await cut.cut
    const again = await model.question()
    expect(again.turns).toEqual(cut.turns)
    again.write("12,000")
    expect((await seesDraft(stage, "12,000")).id).toBe(before.id)
    again.end(" digits.")
    expect(await ada.hears(patience)).toMatchObject({ text: "12,000 digits." })
    await ada.send(account, "Which ones?")
    const next = await model.question()
    expect(next.turns.map(({ text }) => text)).toEqual([long, "12,000 digits.", "Which ones?"])
    next.write("All of")
    await ada.stop(await seesDraft(stage, "All of"))
    await next.cut
    expect(await ada.hears(patience)).toMatchObject({ text: "All of" })
    await untilTrue(() => sent().length >= 2)
    expect(sent()).toEqual(["12,000 digits.", "All of"])
    expect(model.asked).toBe(3)
  }, 240_000)

  test("a question of three parts whose bot is killed between them reaches the model once, as one", async () => {
    await using stage = await started(setting)
    const { model, ada, account, settings, sent } = stage
    const first = await ModelBot.start(settings)
    const running = setting.hasTwo ? await ModelBot.start(settings) : undefined
    const long = "0123456789".repeat(1_200)
    for (const start of [0, 4_096]) await ada.send(account, long.slice(start, start + 4_096))
    await untilTrue(() => account.pendingUpdateCount === 0)
    await first.kill()
    await using _ = running ?? (await ModelBot.start(settings))
    await ada.send(account, long.slice(8_192))
    const question = await model.question()
    expect(question.turns).toEqual([{ role: "user", text: long }])
    question.end("12,000 digits.")
    expect(await ada.hears(patience)).toMatchObject({ text: "12,000 digits." })
    await untilTrue(() => sent().length > 0)
    expect([sent(), model.asked]).toEqual([["12,000 digits."], 1])
  }, 240_000)
}

describe("with a SQLite file", () => describeCrashes({ newStore: newPath, hasTwo: false }))

describe("with PostgreSQL and two processes", withPostgres, () =>
  describeCrashes({ newStore: newSchema, hasTwo: true }),
)
