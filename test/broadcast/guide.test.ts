import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program] = docExamples("docs/guides/broadcast.md")
/** The id of the first person of a simulator. */
const adaId = 1_000_001

test("the program of the guide about broadcasts runs as shown", async () => {
  await using running = await runGuideProgram(program?.code ?? "", { ADMIN: `${adaId}` })
  const { telegram, account, ada } = running
  expect(ada.id).toBe(adaId)
  const bob = telegram.user({ first_name: "Bob" })
  for (const person of [ada, bob, ada]) {
    await person.send(account, "/start")
    expect(await person.hears()).toMatchObject({ text: "You will get the news." })
  }
  await bob.send(account, "/news Spam")
  await ada.send(account, "/news Hello")
  const heard = [await ada.hears(), await ada.hears()]
  const started = heard.find(({ text }) => text?.startsWith("Started"))
  expect(heard.some(({ text }) => text === "Hello")).toBe(true)
  expect(await bob.hears()).toMatchObject({ text: "Hello" })
  const command = started?.text?.replace("Started: ", "") ?? ""
  for (let status = ""; !status.startsWith("done");) {
    await ada.send(account, command)
    status = (await ada.hears()).text ?? ""
    expect(status).toMatch(/^(running|done): [0-2] of 3$/)
  }
}, 240_000)
