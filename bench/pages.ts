/**
 * `npm run bench:pages`: writes the pages, tables and plots of the benches from their recorded results, without a
 * measurement.
 *
 * @module
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { writePages } from "./delivery/pages.js"
import { ResultsFile } from "./delivery/results-file.js"
import { pageFile, pageOf } from "./dialogs/page.js"
import { ResultsFile as DialogsFile, resultsFile } from "./dialogs/results-file.js"

writePages(process.cwd(), new ResultsFile(join("bench", "delivery", "results.jsonl")).read())
writeFileSync(pageFile, pageOf(new DialogsFile(resultsFile).read()))
