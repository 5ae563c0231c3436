/**
 * Checks the subjects of all commits since the rule exists: `type(floor): imperative`, at most 60
 * characters.
 *
 * `node scripts/check-commits.mjs [SINCE]`
 */
import { execFileSync } from "node:child_process"
import { root } from "./prepare.mjs"

const since = process.argv[2] ?? "2026-11-29T20:05:00Z"
const command = ["log", "--no-merges", `--since=${since}`, "--format=%h %s"]
const log = execFileSync("git", command, { cwd: root, encoding: "utf8" })
const wrong = log.split("\n").filter((line) => line !== "" && !isGood(subjectOf(line)))
for (const line of wrong) console.log(`${line} (${subjectOf(line).length} characters)`)
if (wrong.length > 0) console.log("Expected `type(floor): imperative`, at most 60 characters.")
process.exitCode = wrong.length > 0 ? 1 : 0

function subjectOf(line) {
  return line.replace(/^\w+ /, "")
}

/** Also returns false if the words after the colon begin like a noun phrase. */
function isGood(subject) {
  const types = "bench|build|chore|ci|docs|feat|fix|perf|refactor|revert|test"
  const form = new RegExp(
    `^(${types})(\\([a-z-]+\\))?!?: (?!(an?|the|one|no|what|who|how)\\b)[a-z]`,
  )
  return subject.length <= 60 && form.test(subject)
}
