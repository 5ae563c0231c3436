import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The place of the results of `npm run bench -- --record`, within the repository. */
export const resultsFile = "bench/results.jsonl"

/**
 * Returns the latest result of each name, in the order of the names' first results; none if nothing was recorded.
 *
 * @param {string} root the repository
 */
export function latestResults(root) {
  const file = join(root, resultsFile)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, "utf8").split("\n")
  const all = lines.filter((line) => line !== "").map((line) => JSON.parse(line))
  return [...new Map(all.map((result) => [result.measurement.name, result])).values()]
}
