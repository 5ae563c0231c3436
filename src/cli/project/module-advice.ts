import { basename } from "node:path"
import { errorText } from "../../ground/error-text.js"
import { failedFile } from "./failed-file.js"
import { programSource } from "./program-source.js"

/** The errors of tsx and of Node for the syntax of ES modules in CommonJS. */
const commonJsErrors =
  /with the "cjs" output format|import statement outside a module|await is only valid in async functions/

/** The errors of Node for `require` in an ES module; the second one of a file of either kind. */
const requireErrors =
  /require is not defined in ES module scope|Cannot determine intended module format/

/**
 * Returns advice on the kind of a program's modules, if the program failed because it has the syntax of ES modules
 * and is CommonJS, or because it is an ES module and calls `require`; `undefined` for any other error.
 *
 * @param path the path of the program
 */
export function moduleAdvice(error: unknown, path: string): string | undefined {
  const text = errorText(error)
  const isCommonJs = commonJsErrors.test(text)
  if (!isCommonJs && !requireErrors.test(text)) return undefined
  const file = failedFile(error) ?? path
  const name = basename(file)
  if (hasBothKinds(file)) return bothKindsAdvice(name, isCommonJs)
  return isCommonJs
    ? `${name} runs as CommonJS, in which import and a top-level await are errors. Rename the file to
${renamed(name, "m")}, or make all files of the project ES modules with \`npm pkg set type=module\``
    : `${name} runs as an ES module, which has no require: write \`import { Updater } from "sounder"\`, or rename the
file to ${renamed(name, "c")}, which runs as CommonJS`
}

/** Returns advice that is right for a file of either kind: renaming it alone would only lead to the other error. */
function bothKindsAdvice(name: string, isCommonJs: boolean): string {
  const rename = isCommonJs ? `, and rename the file to ${renamed(name, "m")}` : ""
  return `${name} has both require and the syntax of ES modules (import, or await outside of a function). Write
\`import { Updater } from "sounder"\` in place of each require${rename}`
}

/** Returns whether a source calls `require`, and has an import or an await that begins or assigns a line. */
function hasBothKinds(file: string): boolean {
  const source = programSource(file)
  const callsRequire = /\brequire\s*\(/.test(source) && !source.includes("createRequire")
  return (
    callsRequire && /^(?:import\b(?!\s*[(.])|await\b|for await\b|\S[^\n]*=\s*await\b)/m.test(source)
  )
}

function renamed(name: string, kind: "c" | "m"): string {
  return name.replace(/\.[cm]?([jt]s)$/, `.${kind}$1`)
}
