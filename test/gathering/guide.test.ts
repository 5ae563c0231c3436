import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program] = docExamples("docs/guides/gathering.md")

test("the program of the guide about gathering runs as shown", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { account, ada } = running
  const timeoutMs = 60_000
  const photo = Buffer.from("jpeg")
  const files = Array.from({ length: 10 }, (_, index) => (index === 2 ? { caption: "Rome" } : {}))
  await ada.sendAlbum(
    account,
    files.map((facts) => ({ photo, ...facts })),
  )
  expect((await ada.hears({ timeoutMs })).text).toBe("10 files: Rome")
  const text = "0123456789".repeat(1_200)
  for (let start = 0; start < text.length; start += 4_000) {
    await ada.send(account, text.slice(start, start + 4_000))
  }
  expect((await ada.hears({ timeoutMs })).text).toBe("12000 characters")
  await ada.send(account, "Hello")
  expect((await ada.hears({ timeoutMs })).text).toBe("A short text: Hello")
}, 240_000)
