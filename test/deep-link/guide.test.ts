import { expect, test } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program] = docExamples("docs/guides/deep-links.md")

test("the links of the guide lead back to the bot, with their data", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { telegram, account, ada } = running
  const bob = telegram.user({ first_name: "Bob" })
  const ask = async (text: string) => {
    await ada.send(account, text)
    return (await ada.hears({ timeoutMs: 60_000 })).text ?? ""
  }
  const follow = async (link: string) => {
    await bob.send(account, `/start ${new URL(link).searchParams.get("start")}`)
    return (await bob.hears({ timeoutMs: 60_000 })).text
  }
  expect(await follow(await ask("/invite"))).toBe(`Welcome! You were invited by ${ada.id}.`)
  const long = "fruit and vegetables, fresh from the farms around the city"
  for (const name of ["tea", long]) {
    expect(await follow(await ask(`/share ${name}`))).toBe(`You would like ${name}.`)
  }
  expect(await ask("/start invite_forged")).toBe("Welcome!")
}, 240_000)
