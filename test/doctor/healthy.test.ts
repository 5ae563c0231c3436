import { expect, test } from "vitest"
import { Stage } from "../support/doctor-stage.js"

test("a working webhook has no findings", async () => {
  await using stage = await Stage.open()
  await stage.startBot()
  const examination = await stage.examine()
  expect(examination.findings).toEqual([])
})
