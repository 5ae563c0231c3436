/**
 * `npm run bench`: builds, runs the benches one after the other, and prints each measurement with
 * its target. `npm run bench -- queue` runs other benches of `bench/` by name. A missed target is
 * only printed; a bench that crashes is a failure.
 *
 * A bench prints a line of JSON for each measurement: `name`, `target`, and the value as `ratio`,
 * `ms`, `us` or `updatesPerSecond`. Of `ms` and `us`, lower values are better.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { compile, prepare, root } from "./prepare.mjs"

/** Measurements for which lower is better; for the others the target is a minimum. */
const lowerIsBetter = /^(dispatch|import)/

const names = process.argv.slice(2)
prepare()
if (!compile("tsconfig.bench.json", join(root, "dist-bench"))) {
  console.error("The benches do not compile: see the errors above.")
  process.exit(1)
}
const chosen =
  names.length > 0
    ? names
    : ["webhook", "metrics", "dispatch", "import", "outgoing", "simulator", "page"]
const measurements = chosen.flatMap(measure)
if (measurements.length > 0) console.table(Object.fromEntries(measurements.map(row)))

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

function row({ name, target, ratio, ms, us, updatesPerSecond, ...details }) {
  const [measured = Number.NaN, unit = ""] =
    [[ratio], [ms, " ms"], [us, " µs"], [updatesPerSecond, " a second"]].find(
      ([value]) => value !== undefined,
    ) ?? []
  const isLower = ms !== undefined || us !== undefined || lowerIsBetter.test(name)
  const isMet = isLower ? measured <= target : measured >= target
  const aim = `${isLower ? "at most" : "at least"} ${target}${unit}`
  const rest = Object.entries(details).map(([key, value]) => `${key} ${String(value)}`)
  return [name, { measured: `${measured}${unit}`, aim, met: isMet, details: rest.join(", ") }]
}
