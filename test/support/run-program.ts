import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { onTestFinished } from "vitest"

/** Starts a program with its settings as JSON. The program is killed at the end of the test. */
export function startProgram(program: string, settings: object): ChildProcess {
  const args = ["--no-warnings", program, JSON.stringify(settings)]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  return child
}

/** Runs a program to its end. Resolves with the signal that has ended it, otherwise with the exit code. */
export async function runProgram(program: string, settings: object): Promise<unknown> {
  const child = startProgram(program, settings)
  const [code, signal] = (await once(child, "exit")) as unknown[] // the arguments of `exit`
  return signal ?? code
}
