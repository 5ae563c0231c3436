import { spawnSync } from "node:child_process"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Registry } from "../../src/metrics/registry.js"
import { requireServer } from "../support/real-servers.js"
import { readMetrics, sampleOf } from "../support/read-metrics.js"

const anyText = fc.string({ unit: "grapheme-composite", maxLength: 20 })
const oddText = fc.string({ unit: fc.constantFrom("\\", '"', "\n", "n", "{", "}", ",", "=", " ") })
const text = fc.oneof(anyText, oddText)

/** A counter is never negative. */
const count = fc.double({ min: 0, noNaN: true })

describe("the text", () => {
  test("contains every counter, whatever its labels and help", async () => {
    const pairs = fc.array(fc.tuple(text, text, count), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(text, pairs, async (help, samples) => {
        const registry = new Registry()
        const family = registry.counter({ name: "a_total", help, labels: ["one", "two"] })
        const wanted = new Map<string, number>()
        for (const [one, two, value] of samples) {
          family.series(one, two).value = value
          wanted.set(JSON.stringify(labelled({ one, two })), value)
        }
        const read = readMetrics(await registry.text())
        const found = read.samples.map(({ labels, value }) => [JSON.stringify(labels), value])
        expect(new Map(found as [string, number][])).toEqual(wanted)
        if (samples.length > 0) expect(read.described.get("a_total")?.help).toBe(help)
      }),
    )
  })

  test("contains of a histogram the count up to each bound, the total count, and the sum", async () => {
    const bound = fc.double({ noNaN: true, noDefaultInfinity: true })
    // 0 and -0 are the same bound.
    const bounds = fc.uniqueArray(bound, { comparator: "SameValueZero" })
    const value = fc.double({ noNaN: true, min: -1e9, max: 1e9 })
    await fc.assert(
      fc.asyncProperty(bounds, fc.array(value), async (unsorted, values) => {
        const sorted = unsorted.toSorted((a, b) => a - b)
        const registry = new Registry()
        const family = registry.histogram({ name: "h", help: "H.", bounds: sorted })
        for (const one of values) family.series().observe(one)
        family.series()
        const shown = await registry.text()
        for (const limit of [...sorted, Infinity]) {
          const le = limit === Infinity ? "+Inf" : String(limit)
          const atMost = values.filter((one) => one <= limit).length
          expect(sampleOf(shown, "h_bucket", { le })).toBe(atMost)
        }
        expect(sampleOf(shown, "h_count")).toBe(values.length)
        const sum = values.reduce((total, one) => total + one, 0)
        expect(sampleOf(shown, "h_sum")).toBe(sum)
      }),
    )
  })

  test("is accepted by promtool, whatever the labels", async (context) => {
    const promtool = requireServer("promtool", context)
    const registry = new Registry()
    const help = 'A help with a \\ and a\nnew line, and "quotes".'
    const counter = registry.counter({ name: "odd_total", help, labels: ["label"] })
    for (const one of fc.sample(text, { numRuns: 200, seed: 7 })) counter.series(one).value += 1
    const gauge = registry.gauge({ name: "level", help: "A level.", labels: ["of"] })
    for (const one of [0, -1.5, 1e-7, 1e21, 2 ** 53, Infinity, -Infinity, NaN]) {
      gauge.series(String(one)).value = one
    }
    const histogram = registry.histogram({ name: "took_seconds", help: "H.", bounds: [0.1, 1] })
    histogram.series().observe(0.5)
    const { status, stderr } = spawnSync(promtool, ["check", "metrics"], {
      input: await registry.text(),
      encoding: "utf8",
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  })

  test("omits a metric without series", async () => {
    const registry = new Registry()
    registry.counter({ name: "a_total", help: "A." })
    expect(await registry.text()).toBe("")
  })
})

/** Returns labels without the empty ones, which count as absent. */
function labelled(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""))
}
