/**
 * Checks the subjects of the commits since BASE (by default since the rule is checked):
 * `type(floor): imperative`, at most 60 characters. Of a shallow clone, only the last commit.
 *
 *   node scripts/check-commits.mjs [BASE]
 */
import { execFileSync, spawnSync } from "node:child_process"
import { root } from "./prepare.mjs"

const firstChecked = "48b315bc7dbb501d8dfb8462d93696a4d0547947"
const base = process.argv[2] ?? firstChecked
const isKnown = spawnSync("git", ["cat-file", "-e", `${base}^{commit}`], { cwd: root }).status === 0
const range = isKnown ? [`${base}..HEAD`] : ["-1"]
const log = execFileSync("git", ["log", "--no-merges", "--format=%h %s", ...range], {
  cwd: root,
  encoding: "utf8",
})
const wrong = log.split("\n").filter((line) => line !== "" && !isGood(line.replace(/^\w+ /, "")))
for (const line of wrong) console.log(`${line} (${line.replace(/^\w+ /, "").length} characters)`)
if (wrong.length > 0) console.log("Expected `type(floor): imperative`, at most 60 characters.")
process.exitCode = wrong.length > 0 ? 1 : 0

/** Returns false also where the words after the colon begin as a noun phrase does. */
function isGood(subject) {
  const types = "build|ci|docs|feat|fix|perf|refactor|revert|test|bench|chore"
  const form = new RegExp(
    `^(${types})(\\([a-z-]+\\))?!?: (?!(an?|the|one|no|what|who|how)\\b)[a-z]`,
  )
  return subject.length <= 60 && form.test(subject)
}
