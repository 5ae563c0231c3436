import { appendFileSync, writeFileSync } from "node:fs"
import { cpus, totalmem } from "node:os"
import { join } from "node:path"
import { root } from "../prepare.mjs"
import { judged } from "./judged.mjs"
import { latestResults, resultsFile } from "./latest-results.mjs"

const page = join(root, "docs", "benchmarks", "speed.md")

/** Adds measurements to the results, with their date and machine, and writes the page of all results. */
export function record(measurements) {
  const environment = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: machine(),
  }
  const lines = measurements.map((measurement) => JSON.stringify({ ...environment, measurement }))
  appendFileSync(join(root, resultsFile), lines.map((line) => `${line}\n`).join(""))
  writeSpeedPage()
}

/** Writes the page of all results, if there are any. */
export function writeSpeedPage() {
  const found = latestResults(root)
  if (found.length > 0) writeFileSync(page, pageOf(found))
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
