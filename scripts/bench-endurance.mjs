/**
 * `npm run bench:endurance`: builds, then kills a bot with a queue repeatedly under load, or runs
 * it for a long time. Options:
 *
 * `--queue sqlite` (or `postgres`, `memory`), `--mode webhook` (or `polling`), `--database
 * postgresql://…` (a database of your own, which is filled), `--updates 1000000`, `--kills 100`,
 * `--chats 500`, `--backlog 20000` (the maximum of waiting updates at the start of a process),
 * `--standstill 1000` (the time without progress, in milliseconds, that counts as a failure while
 * updates wait), `--soak 30` (minutes without kills; prints a table of memory, descriptors and
 * delays), `--rate 200` (updates per second of a soak).
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { compile, prepare, root } from "./prepare.mjs"

prepare()
if (!compile("tsconfig.bench.json", join(root, "dist-bench"))) {
  console.error("The benches do not compile: see the errors above.")
  process.exit(1)
}
const main = join(root, "dist-bench", "bench", "endurance", "main.js")
const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
})
process.exitCode = status ?? 1
