/**
 * `npm run demo`: installs and builds the packages if needed, then imports the demo, so that its
 * arguments, signals and exit code are those of this process.
 */
import { fileURLToPath } from "node:url"
import { demoOptions } from "../demo/demo-options.mjs"
import { prepare } from "./prepare.mjs"

// Shows the help, or a mistake, before anything is installed.
demoOptions()
prepare()
const demo = new URL("../demo/demo.mjs", import.meta.url)
process.argv[1] = fileURLToPath(demo)
await import(demo.href)
