import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { FakeModel } from "./model-stage.js"

const [program] = docExamples("docs/guides/streaming.md")
const newPath = pathsIn(temporaryFolder())
const patience = { timeoutMs: 60_000 }

/** Returns a piece as a server of OpenAI's protocol sends it. */
function event(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
}

test("the bot of the guide streams a model's Markdown, and remembers the dialogue", async () => {
  await using model = await FakeModel.start()
  await using running = await runGuideProgram(program?.code ?? "", {
    ...{ MODEL_URL: model.url, MODEL_KEY: "secret", MODEL: "small" },
    UPDATES_FILE: newPath(),
  })
  const { account, ada } = running
  await ada.send(account, "What is 6 times 7?")
  const first = await model.question()
  expect(first.body).toEqual({
    model: "small",
    messages: [{ role: "user", content: "What is 6 times 7?" }],
    stream: true,
  })
  const [one, two] = [event("It is **4"), event("2**, é.")]
  // An event can be cut anywhere.
  first.write(one + two.slice(0, 20))
  for (let draft = await ada.seesDraft(patience); draft.text !== "It is 4";) {
    draft = await ada.seesDraft(patience)
  }
  first.end(`${two.slice(20)}data: [DONE]\n\n`)
  expect(await ada.hears(patience)).toMatchObject({
    text: "It is 42, é.",
    entities: [{ type: "bold", offset: 6, length: 2 }],
  })
  await ada.send(account, "Sure?")
  const second = await model.question()
  expect(second.body).toMatchObject({
    messages: [{}, { role: "assistant", content: "It is **42**, é." }, { content: "Sure?" }],
  })
  second.end(`${event("Yes")}data: [DONE]\n\n`)
  expect(await ada.hears(patience)).toMatchObject({ text: "Yes" })
}, 240_000)
