import { existsSync } from "node:fs"
import { errorStack, errorText } from "../../ground/error-text.js"

/** A word of an error's stack or message that is the path of a source file, mostly with a line. */
const place = /^(?:file:\/\/)?(\/.*\.[cm]?[jt]sx?)(?::\d|$)/

/** Returns the source file that an error names, outside of packages; `undefined` if it names none. */
export function failedFile(error: unknown): string | undefined {
  return `${errorText(error)}\n${errorStack(error)}`
    .split(/[\s()]/)
    .map((word) => place.exec(word)?.[1] ?? "")
    .find((path) => path !== "" && !path.includes("/node_modules/") && existsSync(path))
}
