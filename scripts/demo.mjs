/**
 * `npm run demo`: installs and builds what is needed, then becomes the demo. It runs in this very
 * process, so that arguments, signals and the exit code are its own.
 */
import { fileURLToPath } from "node:url"
import { prepare } from "./prepare.mjs"

prepare()
const demo = new URL("../demo/demo.mjs", import.meta.url)
process.argv[1] = fileURLToPath(demo)
await import(demo.href)
