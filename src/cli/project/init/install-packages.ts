import { spawn } from "node:child_process"
import { once } from "node:events"
import { ExitError } from "../../exit-error.js"
import { simulatorSource, sounderRange } from "../../simulator-source.js"

/** Runs `npm install` in a folder, with its output on the terminal. Rejects if npm fails. */
export async function installPackages(
  folder: string,
  print: (text: string) => void,
): Promise<void> {
  print("Installing packages: npm install\n")
  const isWindows = process.platform === "win32"
  const npm = spawn("npm", ["install", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: "inherit",
    // On Windows npm is a script, which needs a shell.
    shell: isWindows,
  })
  // The arguments of the event `close`; the types of `once` do not state them.
  const [code] = (await once(npm, "close")) as [number | null]
  if (code === 0) return
  throw new ExitError(1, `npm install failed. ${remedy(folder)}`)
}

function remedy(folder: string): string {
  const { argument, isMissing } = simulatorSource(folder, sounderRange(folder))
  return isMissing
    ? `Sounder is installed from a file, and its simulator's file is missing: ${argument}. Put it there, and run \`npm install\` in the folder`
    : "Fix the cause, and run it again in the folder"
}
