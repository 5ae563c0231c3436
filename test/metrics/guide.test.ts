import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import * as events from "../../src/events/index.js"
import { EventChannel } from "../../src/events/event-channel.js"
import { requireServer } from "../support/real-servers.js"

const guide = readFileSync("docs/guides/observability.md", "utf8")
const alerts = readFileSync("docs/monitoring/alerts.yml", "utf8")
const dashboard = readFileSync("docs/monitoring/dashboard.json", "utf8")

/** The metrics in the sources, with their types and their labels except `bot`. */
const made = readdirSync("src/metrics")
  .map((name) => readFileSync(join("src/metrics", name), "utf8"))
  .flatMap((source) => [
    ...source.matchAll(/registry\.(counter|gauge|histogram)\(\{\s+name: "(\w+)",\s+help: "(.*)",/g),
    // Gauges of one form, which a function registers.
    ...source.matchAll(/\b(gauge)\(\s*"(\w+)",\s+"(.*)",?\s*\)/g),
  ])
  .map(([, kind = "", name = "", help = ""]) => ({ kind, name, help }))
  .toSorted((one, other) => (one.name < other.name ? -1 : 1))

describe("the guide", () => {
  test("lists every metric, with its type and its help, and no other", () => {
    const rows = [
      ...guide.matchAll(/^\| `(\w+)` +\| (counter|gauge|histogram) +\| [^|]+ \| (.*?) +\|$/gm),
    ]
    const shown = rows.map(([, name = "", kind = "", help = ""]) => ({ kind, name, help }))
    expect(shown.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual(made)
    expect(made.length).toBeGreaterThan(30)
  })

  test("lists every channel, and no other", () => {
    const shown = [...guide.matchAll(/^\| `(sounder:[\w:-]+)` +\|/gm)].map(([, name]) => name)
    const channels = Object.values(events).filter((value) => value instanceof EventChannel)
    expect(new Set(shown)).toEqual(new Set(channels.map(({ name }) => name)))
    expect(shown).toHaveLength(channels.length)
  })
})

describe("alerts and dashboard", () => {
  test("query only existing metrics", () => {
    const known = new Set(made.map(({ name }) => name))
    const asked = [...`${alerts}${dashboard}`.matchAll(/\b(?:sounder|process|nodejs)_\w+/g)]
    const names = asked.map(([name]) => name.replace(/_(bucket|sum|count)$/, ""))
    expect(names.length).toBeGreaterThan(40)
    expect(names.filter((name) => !known.has(name))).toEqual([])
  })

  test("the alerts are quiet in normal operation, and each fires when it should", (context) => {
    const promtool = requireServer("promtool", context)
    for (const args of [
      ["check", "rules", "docs/monitoring/alerts.yml"],
      ["test", "rules", "test/metrics/alerts.test.yml"],
    ]) {
      const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: "utf8" })
      expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({
        status: 0,
        output: "",
      })
    }
    const rules = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
    const tried = readFileSync("test/metrics/alerts.test.yml", "utf8")
    for (const name of rules) expect(tried).toContain(`alertname="${name}"`)
  })

  test("the queries of the dashboard are PromQL", (context) => {
    const promtool = requireServer("promtool", context)
    const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] }
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    const rules = queries.map((query, index) => ({
      record: `query_${index}`,
      expr: query.replaceAll("$__rate_interval", "5m"),
    }))
    const folder = mkdtempSync(join(tmpdir(), "sounder-dashboard-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    // JSON is valid YAML.
    const file = join(folder, "queries.yml")
    writeFileSync(file, JSON.stringify({ groups: [{ name: "queries", rules }] }))
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "rules", file], {
      encoding: "utf8",
    })
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 })
    expect(queries.length).toBeGreaterThan(20)
  })
})
