/**
 * Measures the cost of `import "sounder"`, and of the same for other frameworks (installed in `bench/delivery/peers`):
 * the time of a program that only imports it, minus the time of an empty program, in turns. Prints a line of JSON for
 * each; `ms` is the difference of the medians.
 *
 * @module
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const runs = 21
const others = ["node-telegram-bot-api", "grammy", "telegraf", "puregram"]
const peers = join(process.cwd(), "bench", "delivery", "peers")
const { resolve } = createRequire(join(peers, "package.json"))
const found = existsSync(join(peers, "node_modules")) ? others : []

const programs = new Map([
  ["empty", ""],
  ["sounder", importOf(import.meta.resolve("sounder"))],
  ...found.map((name) => [name, importOf(pathToFileURL(resolve(name)).href)] as const),
])
const names = [...programs.keys()]
const times = new Map<string, number[]>(names.map((name) => [name, []]))
// The first round is not counted. The first program changes, so that none profits from its position.
for (let run = -1; run < runs; run += 1) {
  for (let turn = 0; turn < names.length; turn += 1) {
    const name = names[(run + 1 + turn) % names.length] ?? ""
    const ms = timeOf(programs.get(name) ?? "")
    if (run >= 0) times.get(name)?.push(ms)
  }
}

const emptyMs = median(times.get("empty") ?? [])
for (const name of names) {
  if (name === "empty") continue
  const importingMs = median(times.get(name) ?? [])
  console.log(
    JSON.stringify({
      name: name === "sounder" ? "import" : `import (${name})`,
      ms: rounded(importingMs - emptyMs),
      target: name === "sounder" ? 30 : 0,
      importingMs: rounded(importingMs),
      emptyMs: rounded(emptyMs),
    }),
  )
}

function importOf(url: string): string {
  return `await import(${JSON.stringify(url)})`
}

function timeOf(program: string): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program])
  if (status !== 0) throw new Error(`The program failed: ${String(stderr)}`)
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function rounded(ms: number): number {
  return Number(ms.toFixed(1))
}
