import { Simulator } from "@sounder/simulator"
import { beforeAll, expect, test } from "vitest"
import { built } from "../support/built.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"
import { FakeModel, ModelBot } from "./model-stage.js"

const newPath = pathsIn(temporaryFolder())
const patience = { timeoutMs: 60_000 }
beforeAll(built)

/** Starts a Telegram and a model. */
async function started() {
  const telegram = await Simulator.start()
  const model = await FakeModel.start()
  const account = telegram.bot()
  const ada = telegram.user({ first_name: "Ada" })
  const place = { store: newPath(), token: account.token, apiRoot: telegram.apiRoot }
  const settings = { ...place, model: model.url }
  const sent = () =>
    telegram.calls.filter(({ method }) => method === "sendMessage").map(({ params }) => params.text)
  return {
    ...{ telegram, model, account, ada, settings, sent },
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

test("a bot that is killed while a draft grows sends the answer once, and its session has it once", async () => {
  await using stage = await started()
  const { model, ada, account, settings, sent } = stage
  const first = await ModelBot.start(settings)
  await ada.send(account, "Tell me a story")
  const cut = await model.question()
  cut.write("Once upon a ti")
  const before = await seesDraft(stage, "Once upon a ti")
  await first.kill()
  await cut.cut
  await using _ = await ModelBot.start(settings)
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
  await using stage = await started()
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
  await first.kill()
  await using _ = await ModelBot.start(settings)
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
  await using stage = await started()
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
  await using stage = await started()
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
