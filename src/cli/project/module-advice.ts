import { basename } from "node:path"
import { errorText } from "../../ground/error-text.js"

/** The errors of tsx and of Node for the syntax of ES modules in CommonJS. */
const commonJsErrors =
  /with the "cjs" output format|import statement outside a module|await is only valid in async functions/

/**
 * Returns advice on the kind of a program's modules, if the program failed because it has the syntax of ES modules
 * and is CommonJS, or because it is an ES module and calls `require`; `undefined` for any other error.
 *
 * @param path the path of the program
 */
export function moduleAdvice(error: unknown, path: string): string | undefined {
  const text = errorText(error)
  const name = basename(path)
  if (commonJsErrors.test(text))
    return `${name} runs as CommonJS, in which import and a top-level await are errors. Make the files of the project ES
modules with \`npm pkg set type=module\`, which puts "type": "module" into package.json, or rename the file to
${renamed(name, "m")}`
  if (text.includes("require is not defined in ES module scope"))
    return `${name} runs as an ES module, which has no require: write \`import { Updater } from "sounder"\`, or rename the
file to ${renamed(name, "c")}, which runs as CommonJS`
  return undefined
}

function renamed(name: string, kind: "c" | "m"): string {
  return name.replace(/\.[cm]?([jt]s)$/, `.${kind}$1`)
}
