import { expect, test } from "vitest"
import { docExamples } from "./support/doc-examples.js"
import { runGuideProgram } from "./support/guide-program.js"
import { pathsIn, temporaryFolder } from "./support/temporary-folder.js"

const [program] = docExamples("docs/guides/widgets.md")
const newPath = pathsIn(temporaryFolder())

test("the widget of the guide counts taps, and gets no data for another query", async () => {
  const environment = { UPDATES_FILE: newPath() }
  await using running = await runGuideProgram(program?.code ?? "", environment)
  const { account, ada } = running
  await ada.send(account, "/widget")
  const message = await ada.hears({ timeoutMs: 60_000 })
  const answerTo = async (data: string) => (await ada.queryWidget(message, data)).answered
  expect(await answerTo("tap")).toEqual({ data: "1 taps" })
  expect(await answerTo("tap")).toEqual({ data: "2 taps" })
  expect(await answerTo("forged")).toEqual({ data: undefined })
}, 240_000)
