/**
 * `npm run bench:delivery`: sends the same updates to every contender, with every fault.
 * docs/benchmarks/delivery.md describes the method and shows the results.
 *
 * @module
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { type Contender, contenders } from "./contenders.js"
import { type Fault, faults } from "./faults.js"
import { writePages } from "./pages.js"
import { ResultsFile } from "./results-file.js"
import { run } from "./run.js"
import { machine, versionsOf } from "./versions.js"

const { values } = parseArgs({
  options: {
    updates: { type: "string", default: "100000" },
    chats: { type: "string", default: "1000" },
    contenders: { type: "string", default: "" },
    faults: { type: "string", default: "" },
    limit: { type: "string", default: "240" },
    outage: { type: "string", default: "120" },
    rate: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    results: { type: "string", default: join("bench", "delivery", "results.jsonl") },
    database: { type: "string" },
    keep: { type: "string" },
    again: { type: "boolean", default: false },
    pages: { type: "boolean", default: false },
  },
})

// Kills the bots when this process exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1))

const programs = join(process.cwd(), "bench", "delivery")
const results = new ResultsFile(values.results)
const size = {
  updates: number("updates"),
  chats: number("chats"),
  seed: number("seed"),
  perSecond: number("rate"),
  limitMs: number("limit") * 1000,
  outageMs: number("outage") * 1000,
}

if (!values.pages) await runAll()
writePages(process.cwd(), results.read())
// Connections that were cut while they were being opened may stay open.
process.exit()

async function runAll(): Promise<void> {
  for (const fault of chosen("faults", faults)) {
    for (const contender of chosen("contenders", contenders)) await runOne(contender, fault)
  }
}

async function runOne(contender: Contender, fault: Fault): Promise<void> {
  const { database, keep } = values
  if (fault.modes && !fault.modes.includes(contender.mode)) return
  if (!values.again && isDone(contender.name, fault.name)) return
  if (contender.store === "postgres" && database === undefined) return
  console.error(`${contender.name}, ${fault.name} …`)
  if (contender.store === "postgres" && database !== undefined) await emptied(database)
  const outcome = await run(contender, fault, {
    ...size,
    programs,
    ...(database !== undefined && { database }),
    ...(keep !== undefined && { keep: join(keep, `${contender.name}-${fault.name}`) }),
  })
  const { name, title, mode } = contender
  const versions = versionsOf(contender, programs)
  const environment = { versions, node: process.version, machine: machine() }
  const result = { contender: name, title, mode, fault: fault.name, ...outcome }
  results.add({ ...result, ...size, ...environment, date: new Date().toISOString() })
  console.log(JSON.stringify(result))
}

/** Removes the queue of an earlier run. */
async function emptied(database: string): Promise<void> {
  const { default: pg } = await import("pg")
  const client = new pg.Client(database)
  await client.connect()
  await client.query("DROP SCHEMA IF EXISTS sounder CASCADE")
  await client.end()
}

/** Returns whether the results already contain this run at this size. */
function isDone(contender: string, fault: string): boolean {
  return results
    .read()
    .some(
      (one) =>
        one.contender === contender && one.fault === fault && one.updates >= size.updates * 0.99,
    )
}

function number(name: "updates" | "chats" | "limit" | "outage" | "rate" | "seed"): number {
  const value = Number(values[name])
  if (Number.isFinite(value) && value > 0) return value
  throw new TypeError(`Expected --${name} to be a positive number, got ${values[name]}`)
}

/**
 * Returns the items named in a comma-separated list; a name selects all items that begin with it.
 */
function chosen<T extends { readonly name: string }>(
  option: "contenders" | "faults",
  all: readonly T[],
): readonly T[] {
  const names = values[option].split(",").filter((name) => name !== "")
  for (const name of names) {
    if (all.some((one) => one.name.startsWith(name))) continue
    const known = all.map((one) => one.name).join(", ")
    throw new TypeError(`Expected --${option} to be of ${known}, got ${name}`)
  }
  return names.length === 0
    ? all
    : all.filter((one) => names.some((name) => one.name.startsWith(name)))
}
