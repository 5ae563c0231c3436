import { createHmac } from "node:crypto"
import { expect, test, vi } from "vitest"
import { docExamples } from "../support/doc-examples.js"
import { freePort } from "../support/free-port.js"
import { runGuideProgram } from "../support/guide-program.js"

const [program] = docExamples("docs/guides/web-app.md")
const token = "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/** Returns data of a Mini App with the hash that Telegram gives them. */
function initData(user: object): string {
  const fields = {
    auth_date: String(Math.floor(Date.now() / 1_000)),
    user: JSON.stringify(user),
  }
  const secret = createHmac("sha256", "WebAppData").update(token).digest()
  const signed = `auth_date=${fields.auth_date}\nuser=${fields.user}`
  const hash = createHmac("sha256", secret).update(signed).digest("hex")
  return String(new URLSearchParams({ ...fields, hash }))
}

test("the server of the Mini App guide greets a user of Telegram, and nobody else", async () => {
  const port = await freePort()
  const environment = { PORT: String(port), BOT_TOKEN: token }
  await using _ = await runGuideProgram(program?.code ?? "", environment)
  const post = (body: string) => fetch(`http://127.0.0.1:${port}/`, { method: "POST", body })
  const body = initData({ id: 7, first_name: "Ada" })
  const first = await vi.waitFor(() => post(body), { timeout: 60_000, interval: 100 })
  expect([first.status, await first.text()]).toEqual([200, "Hello Ada!"])
  const forged = await post(body.replace("Ada", "Bob"))
  expect([forged.status, await forged.text()]).toEqual([401, "Open this page in Telegram."])
})
