import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { finding, findingCodes } from "../../src/doctor/finding.js"

const page = readFileSync(new URL("../../docs/findings.md", import.meta.url), "utf8")
const sections = page.split(/^## /m).slice(1)

test("docs/findings.md has a heading for every code, each once, and no other headings", () => {
  const headings = sections.map((section) => section.split("\n")[0] ?? "")
  expect(headings.toSorted()).toEqual([...findingCodes].toSorted())
})

test("docs/findings.md states the severity under each heading", () => {
  for (const section of sections) {
    const [code = "", , text = ""] = section.split("\n")
    const { level } = finding(code as (typeof findingCodes)[number], { seen: "", why: "", fix: "" })
    expect(text.toLowerCase()).toMatch(new RegExp(`^${level}[.,]`))
    expect(section.length).toBeGreaterThan(50)
  }
})
