import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program] = docExamples("docs/guides/keyboards.md")

test("the program of the guide about keyboards runs as shown", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { account, ada } = running
  await ada.send(account, "/vote")
  const asked = await ada.hears()
  const yes = await ada.press(asked, "Yes")
  expect((await yes.answered).text).toBe("Thank you!")
  const no = await ada.press(asked, "No")
  expect((await no.answered).text).toBe("A vote against 7")
  await ada.send(account, "/shop")
  const shop = await ada.hears()
  const [, long] = shop.reply_markup?.inline_keyboard.flat() ?? []
  const edited = ada.seesEdit()
  const press = await ada.press(shop, long?.text ?? "")
  expect((await press.answered).text).toBe("")
  expect((await edited).text).toBe(`${long?.text}, page 1`)
}, 240_000)
