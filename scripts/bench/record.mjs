import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { cpus, totalmem } from "node:os"
import { join } from "node:path"
import { root } from "../prepare.mjs"
import { judged } from "./judged.mjs"

const results = join(root, "bench", "results.jsonl")
const page = join(root, "docs", "benchmarks", "speed.md")

/** Adds measurements to the results, with their date and machine, and writes the page of all results. */
export function record(measurements) {
  const environment = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: machine(),
  }
  const lines = measurements.map((measurement) => JSON.stringify({ ...environment, measurement }))
  appendFileSync(results, lines.map((line) => `${line}\n`).join(""))
  writeSpeedPage()
}

/** Writes the page of all results, if there are any. */
export function writeSpeedPage() {
  const found = latest()
  if (found.length > 0) writeFileSync(page, pageOf(found))
}

/** Returns the latest result of each name, in the order of the names' first results. */
function latest() {
  if (!existsSync(results)) return []
  const lines = readFileSync(results, "utf8").split("\n")
  const all = lines.filter((line) => line !== "").map((line) => JSON.parse(line))
  return [...new Map(all.map((result) => [result.measurement.name, result])).values()]
}

function pageOf(found) {
  return `# Speed

\`npm run bench -- --record\` writes this page. A _ratio_ is a value over that of a bare server, of another
framework or of Sounder without the feature, measured in the same run; the head of each file in
[bench](../../bench) says which.

| measurement | measured | aim | met | also measured |
| --- | ---: | ---: | --- | --- |
${found.map(rowOf).join("\n")}

${environments(found)}
`
}

function rowOf({ measurement }) {
  const { name, measured, aim, isMet, details } = judged(measurement)
  return `| ${name} | ${measured} | ${aim} | ${isMet === undefined ? "–" : isMet ? "yes" : "no"} | ${details} |`
}

/** Returns a sentence for each environment of the results. */
function environments(found) {
  const texts = found.map(
    ({ date, node, machine: of }) => `Measured on ${date} with Node ${node} on ${of}.`,
  )
  return [...new Set(texts)].join("\n")
}

function machine() {
  const gib = Math.round(totalmem() / 2 ** 30)
  return `${process.platform} ${process.arch}, ${cpus().length} processors, ${gib} GiB`
}
