/**
 * `npm run bench:pages`: writes the pages, tables and plots of `docs/benchmarks` and the table of the README from the
 * recorded results, without a measurement. The site draws its plots from the same results.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { writeSpeedPage } from "./bench/record.mjs"
import { compile, fail, prepare, root } from "./prepare.mjs"

prepare()
if (!compile("tsconfig.bench.json", join(root, "dist-bench"))) {
  fail("The benches do not compile: see the errors above.")
}
const pages = join(root, "dist-bench", "bench", "pages.js")
const { status } = spawnSync(process.execPath, [pages], { cwd: root, stdio: "inherit" })
process.exitCode = status ?? 1
writeSpeedPage()
