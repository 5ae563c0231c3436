/**
 * Measures the cost of `import "sounder"`: the time of a program that only imports it, minus the
 * time of an empty program, alternating. Prints one line of JSON; `ms` is the difference of the
 * medians.
 */
import { spawnSync } from "node:child_process"

const runs = 21
const entry = import.meta.resolve("sounder")

const importing = () => timeOf(`await import(${JSON.stringify(entry)})`)
const empty = () => timeOf("")

importing()
empty()
const rounds: { importing: number; empty: number }[] = []
for (let run = 0; run < runs; run += 1) {
  // The order alternates, so that neither program profits from its position.
  if (run % 2 === 0) rounds.push({ importing: importing(), empty: empty() })
  else rounds.push({ empty: empty(), importing: importing() })
}

const importingMs = median(rounds.map((run) => run.importing))
const emptyMs = median(rounds.map((run) => run.empty))
console.log(
  JSON.stringify({
    name: "import",
    ms: Number((importingMs - emptyMs).toFixed(1)),
    target: 30,
    importingMs: Number(importingMs.toFixed(1)),
    emptyMs: Number(emptyMs.toFixed(1)),
  }),
)

function timeOf(program: string): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program])
  if (status !== 0) throw new Error(`The program failed: ${String(stderr)}`)
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
