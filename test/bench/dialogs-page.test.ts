import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { pageFile, pageOf } from "../../bench/dialogs/page.js"
import { ResultsFile, resultsFile } from "../../bench/dialogs/results-file.js"

test("the page of the dialogs shows the recorded results", () => {
  expect(readFileSync(pageFile, "utf8")).toBe(pageOf(new ResultsFile(resultsFile).read()))
})
