/**
 * `npm run bench:delivery`: builds, installs the other frameworks, and runs the scoreboard, whose
 * results docs/benchmarks/delivery.md shows. Options:
 *
 * `--contenders sounder,grammy` and `--faults none,kill` (the beginnings of the names to run),
 * `--updates 100000`, `--chats 1000`, `--rate 1000` (updates per second), `--limit 240` (the time
 * limit of a run, in seconds), `--outage 120` (seconds), `--seed 1`, `--database postgresql://…` (a
 * database of your own, which is emptied, for Sounder's PostgreSQL queue), `--results FILE` (skips
 * the runs that the file already contains, unless `--again` is set), `--keep FOLDER` (keeps the
 * journals and output of the bots), `--pages` (only writes the pages from the results).
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { compile, prepare, root } from "./prepare.mjs"

prepare()
const peers = join(root, "bench", "delivery", "peers")
if (!existsSync(join(peers, "node_modules", ".package-lock.json"))) {
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: peers,
    stdio: ["ignore", 2, 2],
  })
  if (status !== 0) process.exit(1)
}
if (!compile("tsconfig.bench.json", join(root, "dist-bench"))) {
  console.error("The benches do not compile: see the errors above.")
  process.exit(1)
}
const main = join(root, "dist-bench", "bench", "delivery", "main.js")
const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
})
process.exitCode = status ?? 1
