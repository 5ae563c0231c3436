import { expect, test } from "vitest"
import { Bot } from "../src/bot/index.js"
import { docExamples } from "./support/doc-examples.js"
import { runGuideProgram } from "./support/guide-program.js"
import { pathsIn, temporaryFolder } from "./support/temporary-folder.js"

const [program] = docExamples("docs/guides/payments.md")
const newPath = pathsIn(temporaryFolder())

test("the shop of the guide sells for Stars, refuses another offer, and refunds once", async () => {
  const environment = { UPDATES_FILE: newPath() }
  await using running = await runGuideProgram(program?.code ?? "", environment)
  const { telegram, account, ada } = running
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const stars = async () => (await bot.getMyStarBalance()).amount
  const hears = async () => (await ada.hears({ timeoutMs: 60_000 })).text
  const ask = async (text: string) => {
    await ada.send(account, text)
    return ada.hears({ timeoutMs: 60_000 })
  }
  const invoice = await ask("/buy")
  expect(invoice.invoice).toMatchObject({ currency: "XTR", total_amount: 50 })
  for (const credits of [100, 200]) {
    expect(await ada.pay(invoice)).toMatchObject({ ok: true })
    expect(await hears()).toBe(`Thank you! You have ${credits} credits.`)
  }
  expect(await stars()).toBe(100)
  const old = await bot.createInvoiceLink({
    ...{ title: "10 credits", description: "An old offer", payload: "credits-10" },
    ...{ currency: "XTR", prices: [{ label: "10 credits", amount: 5 }] },
  })
  expect(await ada.pay(old)).toEqual({ ok: false, error: "This offer has ended." })
  for (const left of [50, 0]) {
    expect((await ask("/refund")).text).toBe("You get your 50 Stars back.")
    await expect.poll(stars, { timeout: 60_000 }).toBe(left)
  }
  expect((await ask("/refund")).text).toBe("Nothing to refund.")
  expect((await ask("/paysupport")).text).toContain("@my_support")
}, 240_000)
