/**
 * `npm run bench -- dialogs`: people have dialogs with bots written with Sounder, grammY, Telegraf and
 * python-telegram-bot 13, while the bots' processes are killed. The bots of grammY and Telegraf run on their
 * framework alone and on Sounder, by polling and by webhook. The bot of Sounder runs with a queue in a file,
 * and as two processes with a queue in PostgreSQL, of which a random one is killed. Each bot has the parts that
 * its framework offers: conversations by states, conversations as scripts, jobs, and time-outs that fire by
 * themselves. The page docs/benchmarks/dialogs.md explains the numbers.
 *
 * Environment variables: `PEOPLE=30` and `KILLS=50` set the numbers of people and kills.
 * `SETTINGS="grammy sounder;telegraf"` selects settings by the beginnings of their names. `AT_ONCE=2` is the number
 * of settings that run at the same time. A run of the same size that `RESULTS=bench/dialogs/results.json` already
 * contains is skipped unless `AGAIN=1` is set, so that a bench that was stopped can be continued; the page is only
 * written from the default file. `KEEP=1` keeps the files and the output of the bots.
 *
 * @module
 */
import { inspect } from "node:util"
import { pageOf, pageFile } from "./dialogs/page.js"
import { type Results, resultsFile, ResultsFile } from "./dialogs/results-file.js"
import { type Row, run } from "./dialogs/row.js"
import { type Setting, settings } from "./dialogs/settings.js"
import { writeFileSync } from "node:fs"

const size = {
  people: Number(process.env["PEOPLE"] ?? 30),
  kills: Number(process.env["KILLS"] ?? 50),
}
const path = process.env["RESULTS"] ?? resultsFile
const results = new ResultsFile(path)
const chosen = settings((process.env["SETTINGS"] ?? "").split(";"))
const waiting = chosen.filter(({ name }) => process.env["AGAIN"] === "1" || !isKnown(name))

await Promise.all(
  Array.from({ length: Number(process.env["AT_ONCE"] ?? 2) }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await measure(next)
  }),
)
const all = results.read()
const names = new Set(chosen.map(({ name }) => name))
console.table(tableOf(Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)))))
if (path === resultsFile) writeFileSync(pageFile, pageOf(all))
process.exit()

function isKnown(name: string): boolean {
  const row = results.read()[name]
  return row?.people === size.people && row.kills === size.kills
}

async function measure(setting: Setting): Promise<void> {
  const begun = performance.now()
  console.error(`${setting.name}: begins`)
  try {
    results.add(setting.name, await run(setting, size))
  } catch (error) {
    process.exitCode = 1
    console.error(`${setting.name}: ${inspect(error)}`)
  }
  console.error(`${setting.name}: ${Math.round((performance.now() - begun) / 1_000)} s`)
}

/** Returns the rows with texts in place of counts. */
function tableOf(rows: Results): Record<string, Record<string, unknown>> {
  const cell = (value: Row[keyof Row]) =>
    typeof value === "object" ? `${value.once}/${value.twice}/${value.lost}` : value
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [
      name,
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, cell(value)])),
    ]),
  )
}
