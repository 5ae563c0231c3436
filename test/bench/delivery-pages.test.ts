import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { withExtract } from "../../bench/delivery/pages.js"
import { plot } from "../../bench/delivery/plot.js"
import { report } from "../../bench/delivery/report.js"
import { ResultsFile } from "../../bench/delivery/results-file.js"

const results = new ResultsFile(join("bench", "delivery", "results.jsonl")).read()

describe("the pages of the scoreboard", () => {
  test("report the results", () => {
    expect(readFileSync(join("docs", "benchmarks", "delivery.md"), "utf8")).toBe(report(results))
    expect(readFileSync(join("docs", "benchmarks", "delivery.svg"), "utf8")).toBe(plot(results))
    const readme = readFileSync("README.md", "utf8")
    expect(readme).toBe(withExtract(readme, results))
  })

  test("show that Sounder's durable queues lose nothing", () => {
    const durable = results.filter(({ contender }) => /^sounder-(sqlite|postgres)/.test(contender))
    expect(durable.length).toBeGreaterThan(0)
    expect(durable.filter(({ lost, expired }) => lost + expired > 0)).toEqual([])
  })

  test("show that they keep the order in which Telegram answers a poll", () => {
    const polling = results.filter(({ contender }) =>
      /^sounder-(sqlite|postgres)-polling/.test(contender),
    )
    expect(polling.length).toBeGreaterThan(0)
    expect(polling.filter(({ outOfOrder }) => outOfOrder > 0)).toEqual([])
  })

  test("draw a plot that is legible on light and on dark backgrounds", () => {
    const svg = plot(results)
    expect(svg).toContain("prefers-color-scheme: dark")
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="lost, handled twice/)
  })
})
