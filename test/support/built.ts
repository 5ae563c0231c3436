import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const execute = promisify(execFile)

/** The package's folder. */
export const packageFolder = fileURLToPath(new URL("../..", import.meta.url))

/** The outcome of a program. */
export interface Finished {
  /** The exit code; 0 for success. */
  readonly status: number
  /** The output, errors included. */
  readonly output: string
}

/** Builds `dist/`, unless it is up to date with the sources. */
export async function built(): Promise<void> {
  const { status, output } = await finished(process.execPath, ["scripts/build.mjs"], packageFolder)
  if (status !== 0) throw new Error(output)
}

/** Runs the compiler of this package in a folder. */
export function compiled(folder: string, project = "tsconfig.json"): Promise<Finished> {
  const tsc = `${packageFolder}node_modules/typescript/bin/tsc`
  return finished(process.execPath, [tsc, "--pretty", "false", "-p", project], folder)
}

/** Runs a program to its end. */
export async function finished(
  file: string,
  args: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Finished> {
  try {
    const { stdout, stderr } = await execute(file, args, { cwd: folder, env: environment })
    return { status: 0, output: stdout + stderr }
  } catch (error) {
    // execFile adds the output of a failed program to its error.
    const { code, stdout = "", stderr = "" } = error as { code?: number } & Record<string, string>
    return { status: code ?? 1, output: stdout + stderr }
  }
}
