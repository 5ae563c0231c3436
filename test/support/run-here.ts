import { run } from "../../src/cli/run.js"

/** The outcome of a command. */
export interface Ran {
  readonly status: number
  readonly printed: string
  readonly complaint: string
}

/** Runs `sounder` with these arguments, in this process. */
export async function runHere(...args: readonly string[]): Promise<Ran> {
  return runShowing(() => {}, ...args)
}

/**
 * Runs `sounder` with these arguments, in this process.
 *
 * @param show called with each printed text at once
 */
export async function runShowing(
  show: (text: string) => void,
  ...args: readonly string[]
): Promise<Ran> {
  let printed = ""
  let complaint = ""
  const status = await run(args, {
    print: (text) => {
      printed += text
      show(text)
    },
    complain: (text) => void (complaint += text),
  })
  return { status, printed, complaint }
}
