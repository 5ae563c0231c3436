import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const program = docExamples("docs/guides/conversation.md").find(({ title }) =>
  title.includes("A script"),
)

test("the script of the guide leads a dialog, and goes on after a restart", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { account, ada } = running
  const hears = async () => (await ada.hears({ timeoutMs: 20_000 })).text
  await ada.send(account, "/register")
  expect(await hears()).toBe("Your name?")
  await ada.send(account, "Ada")
  expect(await hears()).toBe("Your age?")
  await ada.send(account, "twelve")
  expect(await hears()).toBe("A number from 18 on, please.")
  await running.restart()
  await ada.send(account, "36")
  const question = await ada.hears({ timeoutMs: 20_000 })
  expect(question.text).toBe("Ada, 36: right?")
  await ada.press(question, "Yes")
  expect(await hears()).toBe("You are number 1.")
  await ada.send(account, "/register")
  expect(await hears()).toBe("Your name?")
  await ada.send(account, "/cancel")
  expect(await hears()).toBe("Cancelled.")
}, 240_000)
