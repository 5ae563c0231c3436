import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program] = docExamples("docs/guides/translation.md")

test("the bot of the translation guide answers each user in the language of the app", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { telegram, account } = running
  const people = [
    ["de-AT", "Hallo Ada!"],
    ["fr", "Hello Ada!"],
  ] as const
  for (const [language_code, answer] of people) {
    const ada = telegram.user({ first_name: "Ada", language_code })
    await ada.send(account, "/start")
    expect((await ada.hears({ timeoutMs: 30_000 })).text).toBe(answer)
  }
})
