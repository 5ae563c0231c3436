import { appendFileSync, existsSync, readFileSync } from "node:fs"
import type { Mode } from "./contenders.js"
import type { RunResult } from "./run.js"

/** A line of the results: the run, its environment and its outcome. */
export interface Result extends RunResult {
  readonly contender: string
  readonly title: string
  readonly mode: Mode
  readonly fault: string
  readonly versions: Readonly<Record<string, string>>
  readonly node: string
  readonly machine: string
  readonly chats: number
  readonly perSecond: number
  readonly limitMs: number
  readonly outageMs: number
  readonly seed: number
  /** The date of the run, as an ISO date. */
  readonly date: string
}

/** A file of results, one line of JSON each, so that a long benchmark can be resumed. */
export class ResultsFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Returns the results; of several runs of the same contender and fault, the latest. */
  read(): Result[] {
    if (!existsSync(this.#path)) return []
    const lines = readFileSync(this.#path, "utf8").split("\n")
    // This file's own lines have this type.
    const all = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Result)
    return [...new Map(all.map((one) => [`${one.contender} ${one.fault}`, one])).values()]
  }

  add(result: Result): void {
    appendFileSync(this.#path, `${JSON.stringify(result)}\n`)
  }
}
