import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type Entry, expectNothingLost, readJournal } from "./journal.js"

const program = fileURLToPath(new URL("programs/worker.mjs", import.meta.url))

/** What workers do, one after the other. */
export interface Workload {
  /** The queue's file; the journal stands beside it. */
  readonly path: string
  readonly updates: number
  readonly chats: number
  /** How long a handler takes, in milliseconds; 0 by default. */
  readonly handlerMs?: number
}

/** At which occurrence of a step a worker kills itself. */
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

/** Waits until it has opened the queue, or has ended. */
export async function opened(worker: ChildProcess): Promise<void> {
  const { stdout } = worker
  if (stdout) await Promise.race([once(stdout, "data"), once(stdout, "close")])
}

/** Waits for its end, and answers what killed it. */
export async function ended(worker: ChildProcess): Promise<string | null> {
  worker.stdout?.resume()
  // The arguments of `exit` are the code and the signal.
  const [code, signal] = (await once(worker, "exit")) as [number | null, string | null]
  if (code !== null && code !== 0 && code !== 137) throw new Error(`The worker ended with ${code}`)
  return code === 137 ? "SIGKILL" : signal
}

/** Lets a worker finish all, and checks what all of them have noted. */
export async function finishAndCheck(workload: Workload): Promise<Entry[]> {
  await ended(startWorker(workload))
  const journal = journalOf(workload)
  const entries = existsSync(journal) ? readJournal(readFileSync(journal, "utf8")) : []
  expectNothingLost(entries, workload.updates, workload.chats)
  return entries
}

function journalOf({ path }: Workload): string {
  return `${path}.journal`
}
