import { readFileSync, writeFileSync } from "node:fs"
import type { Row } from "./row.js"

/** The results of the settings by their names. */
export type Results = Readonly<Record<string, Row>>

/** The file whose results the page shows. */
export const resultsFile = "bench/dialogs/results.json"

/** A file with the last results of each setting. */
export class ResultsFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  read(): Results {
    // This class has written the file.
    return JSON.parse(readFileSync(this.#path, { encoding: "utf8", flag: "a+" }) || "{}") as Results
  }

  /** Adds the results of a setting, in place of earlier ones. */
  add(name: string, row: Row): void {
    const all = { ...this.read(), [name]: row }
    writeFileSync(this.#path, `${JSON.stringify(all, undefined, 2)}\n`)
  }
}
