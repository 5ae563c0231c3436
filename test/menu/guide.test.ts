import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program] = docExamples("docs/guides/menus.md")

test("the program of the guide about menus runs as shown", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { account, ada } = running
  const press = async (message: Awaited<ReturnType<typeof ada.hears>>, button: string) => {
    const edited = ada.seesEdit()
    await (
      await ada.press(message, button)
    ).answered
    return edited
  }
  await ada.send(account, "/settings")
  const sent = await ada.hears()
  const off = await press(sent, "Sounds: on")
  const languages = await press(off, "Language")
  const next = await press(languages, "›")
  const chosen = await press(next, "it")
  const labels = chosen.reply_markup?.inline_keyboard.flat().map(({ text }) => text)
  expect(labels).toEqual(["✓ it", "es", "‹", "2 / 2", "Back"])
  const back = await press(chosen, "Back")
  expect(back.reply_markup?.inline_keyboard.flat()[0]?.text).toBe("Sounds: off")
}, 240_000)
