import { errorCode } from "../ground/error-text.js"
import { readFile, rm, stat, writeFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import { sleep } from "../ground/sleep.js"

const heldHere = new Set<string>()
const waitMs = 500
const staleMs = 10 * 60_000

/**
 * Runs something while no other process with the same folder does. What a dead process has left
 * behind is no obstacle; one on another machine counts as dead after ten minutes.
 *
 * An abort ends the waiting, and the promise rejects with the signal's reason.
 */
export async function withFolderLock<T>(
  folder: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(folder, "lock")
  while (!(await take(path))) await sleep(waitMs, signal)
  try {
    return await work()
  } finally {
    heldHere.delete(path)
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<boolean> {
  if (heldHere.has(path)) return false
  heldHere.add(path)
  try {
    await writeFile(path, `${process.pid} ${hostname()}\n`, { flag: "wx", mode: 0o600 })
    return true
  } catch (error) {
    heldHere.delete(path)
    if (!(errorCode(error) === "EEXIST")) throw error
    if (await isAbandoned(path)) await rm(path, { force: true })
    return false
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const [pid = "", host = ""] = (await readFile(path, "utf8")).trim().split(" ")
    if (host === hostname()) return !isAlive(Number(pid))
    return Date.now() - (await stat(path)).mtimeMs > staleMs
  } catch {
    // It was given back in this moment.
    return false
  }
}

/** This very process holds no lock that it does not know of: the number is that of an earlier one. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === "EPERM"
  }
}
