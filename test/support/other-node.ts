import { finished, packageFolder } from "./built.js"

/** Returns the path of a Node of a major version, which npx downloads; `undefined` if the download fails. */
export async function nodeOf(major: string): Promise<string | undefined> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const args = ["-y", "-p", `node@${major}`, "node", "-p", "process.execPath"]
  const { status, output } = await finished("npx", args, packageFolder)
  return status === 0 ? output.split("\n")[0] : undefined
}
