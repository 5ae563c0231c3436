import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program] = docExamples("docs/guides/text.md")

test("the bot of the text guide shows a name with markup as it is, a poll, HTML and a quotation", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { telegram, account } = running
  const ada = telegram.user({ first_name: "Ada </b>*_" })
  await ada.send(account, "/start")
  expect(await ada.hears({ timeoutMs: 60_000 })).toMatchObject({
    text: "Hello Ada </b>*_, see the guide.",
    entities: [
      { type: "bold", offset: 6, length: 10 },
      { type: "text_link", url: "https://example.com/guide", offset: 22, length: 9 },
    ],
  })
  await ada.send(account, "/poll")
  expect((await ada.hears()).poll).toMatchObject({
    question: "Who is the murderer?",
    options: [{ text: "The gardener" }, { text: "The cook" }],
  })
  await ada.send(account, "/html a < b")
  expect(await ada.hears()).toMatchObject({ text: "/html a &lt; b" })
  await ada.send(account, "<b>_x")
  expect(await ada.hears()).toMatchObject({
    text: "You wrote:\n<b>_x",
    entities: [{ type: "blockquote", offset: 11, length: 5 }],
  })
})
