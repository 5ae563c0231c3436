import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program, , fluent, icu] = docExamples("docs/guides/translation.md")

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
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe(answer)
  }
})

test.each([
  ["Fluent", fluent, "\u2068Ada\u2069"],
  ["ICU", icu, "Ada"],
])("the bot with %s files answers in both languages, with formatting", async (_, shown, name) => {
  await using running = await runGuideProgram(shown?.code ?? "")
  const { telegram, account } = running
  for (const [language_code, hello, count] of [
    ["de", "Hallo", "One message"],
    ["en", "Hello", "One message"],
  ] as const) {
    const ada = telegram.user({ first_name: "Ada", language_code })
    await ada.send(account, "/start")
    const greeting = await ada.hears({ timeoutMs: 60_000 })
    expect(greeting.text).toBe(`${hello} ${name}!`)
    expect(greeting.entities).toMatchObject([{ type: "bold", length: 3 }])
    await ada.send(account, "/count one")
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe(count)
  }
})
