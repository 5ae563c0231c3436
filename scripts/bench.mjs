/**
 * `npm run bench`: builds, runs the benches one after the other, and prints each measurement with
 * its target. `npm run bench -- queue` runs other benches of `bench/` by name, and installs the other
 * frameworks if the bench compares with them. A missed target is only printed; a bench that crashes is a failure. With `--record`, the measurements go into
 * `bench/results.jsonl`, too, and docs/benchmarks/speed.md is written from that file.
 *
 * A bench prints a line of JSON for each measurement: `name`, `target`, and the value as `ratio`,
 * `ms`, `kilobytes`, `us` or `updatesPerSecond`. Of `ms`, `kilobytes` and `us`, lower values are better.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { judged } from "./bench/judged.mjs"
import { record } from "./bench/record.mjs"
import { compile, install, prepare, root } from "./prepare.mjs"

/** The folders of the other frameworks, by the names of the benches that need them. */
const peers = {
  import: "bench/delivery/peers",
  polling: "bench/delivery/peers",
  "webhook-durable": "simulator/test/peers",
}

const { positionals: names, values } = parseArgs({
  allowPositionals: true,
  options: { record: { type: "boolean", default: false } },
})
prepare()
const chosen =
  names.length > 0
    ? names
    : ["webhook", "metrics", "dispatch", "import", "outgoing", "simulator", "page"]
for (const name of chosen) if (peers[name]) install(peers[name])
if (!compile("tsconfig.bench.json", join(root, "dist-bench"))) {
  console.error("The benches do not compile: see the errors above.")
  process.exit(1)
}
const measurements = chosen.flatMap(measure)
if (measurements.length > 0) console.table(Object.fromEntries(measurements.map(row)))
if (values.record) record(measurements)

/** Runs a bench; passes on its output except for measurements. */
function measure(name) {
  console.error(`Running bench/${name}.ts …`)
  const file = join(root, "dist-bench", "bench", `${name}.js`)
  const { status, stdout } = spawnSync(process.execPath, ["--expose-gc", file], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  })
  if (status !== 0) {
    console.error(`bench/${name}.ts crashed.`)
    process.exitCode = 1
  }
  const lines = stdout.split("\n").filter((line) => line !== "")
  for (const line of lines.filter((line) => !line.startsWith("{"))) console.log(line)
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line))
}

function row(measurement) {
  const { name, measured, aim, isMet, details } = judged(measurement)
  return [name, { measured, aim, met: isMet, details }]
}
