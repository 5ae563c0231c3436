/**
 * `npm run bench:delivery`: builds, installs the other frameworks and runs the scoreboard, of which
 * docs/benchmarks/delivery.md is made. Options, for a part of it:
 *
 * `--contenders sounder,grammy` and `--faults none,kill` (by the beginning of their names),
 * `--updates 100000`, `--chats 1000`, `--rate 1000` (updates a second), `--limit 240` (seconds after
 * which a run is cut off), `--outage 120` (seconds), `--seed 1`, `--database postgresql://…` (for
 * Sounder's PostgreSQL queue: a database of your own that it may empty), `--results FILE` (runs that
 * are in it are left out; `--again` runs them all the same), `--keep FOLDER` (journals and output of
 * the bots), `--pages` (makes the pages from the results, and runs nothing).
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
