import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"
import { messageErrors } from "./message-errors.js"
import { settingErrors } from "./setting-errors.js"

const cases = [...messageErrors, ...settingErrors]

test("there are at least 150 calls", () => {
  expect(cases.length).toBeGreaterThanOrEqual(150)
})

test("missing and invalid arguments are refused in the words of Telegram's server", async () => {
  await using world = await Meeting.start()
  const { id } = world.ada
  for (const [method, params, text] of cases) {
    const named = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, value === "ADA" ? id : value]),
    )
    const description = await world.refusal(method, named)
    expect.soft([method, params, description]).toEqual([method, params, `Bad Request: ${text}`])
  }
})
