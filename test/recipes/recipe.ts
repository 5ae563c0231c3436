import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { connect } from "node:net"
import { join } from "node:path"
import { transformWithOxc } from "vite"
import { expect } from "vitest"
import { packageFolder } from "../support/built.js"
import { docExamples } from "../support/doc-examples.js"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

/** Texts of a program and their replacements, each found exactly once. */
export type Changes = Readonly<Record<string, string>>

/** A program of the guide in another process, on its own port. */
export class RunningRecipe implements AsyncDisposable {
  readonly port: number
  readonly #child: ChildProcess
  readonly #file: string

  constructor(child: ChildProcess, port: number, file: string) {
    this.#child = child
    this.port = port
    this.#file = file
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#file)
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill("SIGKILL")
    await once(this.#child, "exit")
  }
}

const guide = docExamples("docs/guides/frameworks.md")

/**
 * Returns the program under a heading of the guide, without the declaration for its compilation.
 */
export function recipe(heading: string): string {
  const example = guide.find(({ title }) => title.includes(`: ${heading} (`))
  expect(example, `a program under the heading ${heading}`).toBeDefined()
  return (example?.code ?? "").replace(/^declare const webhook: .*\n/, "")
}

/** Returns a program with all changes. Throws if a text is not found. */
export function changed(code: string, changes: Changes): string {
  let result = code
  for (const [from, to] of Object.entries(changes)) {
    expect(result).toContain(from)
    result = result.replace(from, () => to)
  }
  return result
}

/** Runs a program as a reader would. Resolves when it listens on the given port. */
export async function run(
  program: (port: number) => string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningRecipe> {
  const port = await freePort()
  // Inside the package, so that `import "sounder"` resolves as in an installation.
  const folder = join(packageFolder, ".programs")
  await mkdir(folder, { recursive: true })
  const file = join(folder, `recipe-${port}.mjs`)
  await writeFile(file, (await transformWithOxc(program(port), "recipe.ts")).code)
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "inherit"],
  })
  const running = new RunningRecipe(child, port, file)
  try {
    await untilTrue(() => child.exitCode !== null || accepts(port))
    expect(child.exitCode, "the program runs").toBeNull()
  } catch (error) {
    await running[Symbol.asyncDispose]()
    throw error
  }
  return running
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1" })
  try {
    await once(socket, "connect")
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
