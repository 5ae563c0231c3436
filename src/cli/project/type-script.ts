import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import { ExitError } from "../exit-error.js"

/**
 * Returns the URL of a module that enables TypeScript in Node when it is imported: the `tsx` that is installed
 * for the program. Returns `undefined` for JavaScript, and if Node itself runs TypeScript.
 *
 * @throws ExitError if Node does not run TypeScript and `tsx` is not installed
 */
export function typeScriptModule(program: string): string | undefined {
  if (!/\.[cm]?tsx?$/.test(program)) return undefined
  const { features } = process as { features: { typescript?: string | false } }
  if (typeof features.typescript === "string") return undefined
  try {
    return pathToFileURL(createRequire(program).resolve("tsx")).href
  } catch (cause) {
    const message = `Node ${process.version} does not run TypeScript. Run \`npm install --save-dev tsx\`, or use Node 22.18 or newer`
    throw new ExitError(1, message, { cause })
  }
}
