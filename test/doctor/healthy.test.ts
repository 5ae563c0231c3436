import { expect, test } from "vitest"
import { Stage } from "../support/doctor-stage.js"

test("nothing is found in a webhook that works", async () => {
  await using stage = await Stage.open()
  await stage.startBot()
  const examination = await stage.examine()
  expect(examination.findings).toEqual([])
})
