import { existsSync } from "node:fs"
import { expect, test } from "vitest"
import { redactTokens } from "../src/telegram/redact-tokens.js"
import { readSources } from "./support/import-graph.js"
import {
  expressionsOf,
  type FoundExpression,
  randomPiece,
  slowTextFor,
} from "./support/slow-expressions.js"

/** The duration of the random test, in seconds. */
const fuzzSeconds = Number(process.env["FUZZ_SECONDS"] ?? 3)

const folders = ["src", "page/src", "simulator/src", "simulator/page/src"].filter(existsSync)

const expressions = folders.flatMap((folder) =>
  [...readSources(folder)].flatMap(([path, source]) => expressionsOf(path, source)),
)

test("every regular expression takes linear time", () => {
  expect(expressions.length).toBeGreaterThan(200)
  expect(expressions.flatMap((found) => describeSlow(found, slowTextFor(found)))).toEqual([])
}, 300_000)

test(
  "no random text makes a regular expression slow",
  () => {
    const end = performance.now() + fuzzSeconds * 1_000
    const slow: string[] = []
    while (performance.now() < end) {
      const found = expressions[Math.floor(Math.random() * expressions.length)]
      if (!found) break
      const piece = randomPiece(found.pattern, Math.random)
      slow.push(...describeSlow(found, slowTextFor(found, [piece])))
    }
    expect(slow).toEqual([])
  },
  (fuzzSeconds + 60) * 1_000,
)

test.each([
  [/\d+:[\w-]+/g, "digits without a colon"],
  [/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g, "quotes that do not end"],
  [/^[^\s]+\.[^\s]+$/, "dots"],
  [/(a+)+$/, "a text that cannot match"],
  [/\/+$/, "slashes in the middle"],
  [/<!--(?:.|\n)*?-->/g, "comments that do not end"],
])("%s is found to be slow for %s", ({ source, flags }) => {
  expect(slowTextFor({ pattern: source, flags })?.cpuMs).toBeGreaterThan(0)
})

test.each(["1", "1:", "1%3A", "1\\", "a1:", "1:a"])(
  "the redaction of tokens takes milliseconds per megabyte of %j",
  (piece) => {
    const text = piece.repeat(1_000_000 / piece.length)
    const before = process.cpuUsage()
    redactTokens(text)
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000)
  },
)

function describeSlow(
  { path, pattern, flags }: FoundExpression,
  slow: ReturnType<typeof slowTextFor>,
): string[] {
  if (!slow) return []
  const { head, piece, tail, cpuMs } = slow
  const text = `${JSON.stringify(head)} + n × ${JSON.stringify(piece)} + ${JSON.stringify(tail)}`
  return [`${path}: /${pattern}/${flags} takes ${Math.round(cpuMs)} ms for 16 KiB of ${text}`]
}
