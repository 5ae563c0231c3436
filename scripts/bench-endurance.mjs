/**
 * `npm run bench:endurance`: builds, then kills a bot with a queue again and again under load, or lets it
 * live long. Options:
 *
 * `--queue sqlite` (or `postgres`, `memory`), `--mode webhook` (or `polling`), `--database postgresql://…`
 * (a database of your own that it may fill), `--updates 1000000`, `--kills 100`, `--chats 500`,
 * `--backlog 20000` (with how many updates that wait a life begins at most), `--standstill 1000` (after
 * how many milliseconds in which nothing is done though something waits it fails), `--soak 30` (no
 * kills: so many minutes, and a table of memory, descriptors and delays), `--rate 200` (updates a second
 * of a soak).
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
