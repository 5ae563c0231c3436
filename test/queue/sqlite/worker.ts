import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect } from "vitest"
import { type Entry, expectNothingLost, readJournal } from "./journal.js"

const program = fileURLToPath(new URL("programs/worker.mjs", import.meta.url))

/** The work of several workers, one after the other. */
export interface Workload {
  /** The file of the queue; the journal is next to it. */
  readonly path: string
  readonly updates: number
  readonly chats: number
  /** The duration of a handler, in milliseconds. Default: 0. */
  readonly handlerMs?: number
}

/** The occurrence of a step at which a worker kills itself. */
export interface KillAt {
  readonly step: string
  readonly time: number
}

/** Starts a worker. */
export function startWorker(
  workload: Workload,
  killAt?: KillAt,
  under: readonly string[] = [],
): ChildProcess {
  const journal = journalOf(workload)
  const command = [...under, process.execPath, program]
  const [file, ...args] = [...command, JSON.stringify({ ...workload, journal, killAt })]
  return spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] })
}

/** Waits until the worker has opened the queue, or has ended. */
export async function opened(worker: ChildProcess): Promise<void> {
  const { stdout } = worker
  if (stdout) await Promise.race([once(stdout, "data"), once(stdout, "close")])
}

/** Waits for the end of a worker. Returns the signal or the exit code. */
export async function ended(worker: ChildProcess): Promise<string | null> {
  worker.stdout?.resume()
  // The arguments of `exit` are the code and the signal.
  const [code, signal] = (await once(worker, "exit")) as [number | null, string | null]
  if (code !== null && code !== 0 && code !== 137) throw new Error(`The worker ended with ${code}`)
  return code === 137 ? "SIGKILL" : signal
}

/** Lets a worker finish all updates, and checks the journals. */
export async function finishAndCheck(workload: Workload): Promise<Entry[]> {
  await ended(startWorker(workload))
  const journal = journalOf(workload)
  const entries = existsSync(journal) ? readJournal(readFileSync(journal, "utf8")) : []
  expectNothingLost(entries, workload.updates, workload.chats)
  expectCounted(entries, workload)
  return entries
}

/** Checks that each finished update has counted once; every fifth is set aside. */
function expectCounted(entries: readonly Entry[], { updates, chats }: Workload): void {
  const done = Array.from({ length: updates }, (_, index) => index + 1).filter((id) => id % 5 !== 0)
  const counts = entries.filter(({ event }) => event === "count")
  expect(counts.length).toBeGreaterThanOrEqual(chats)
  for (const { id: chat, attempt: count } of counts) {
    expect(count).toBe(done.filter((id) => id % chats === chat).length)
  }
}

function journalOf({ path }: Workload): string {
  return `${path}.journal`
}
