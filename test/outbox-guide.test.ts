import { expect, test } from "vitest"
import { docExamples } from "./support/doc-examples.js"
import { runGuideProgram } from "./support/guide-program.js"

const program = docExamples("docs/guides/outbox.md").find(({ language }) => language === "ts")

test("the bot of the outbox guide sells credits, and sends its messages in order", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { telegram, account, ada } = running
  telegram.fault("sendMessage", { retryAfter: 1 })
  await ada.send(account, "/buy")
  await ada.send(account, "/buy")
  const texts = [await ada.hears({ timeoutMs: 60_000 }), await ada.hears({ timeoutMs: 60_000 })]
  expect(texts.map(({ text }) => text)).toEqual([
    "100 credits. You have 100.",
    "100 credits. You have 200.",
  ])
}, 240_000)
