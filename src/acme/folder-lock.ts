import { errorCode } from "../ground/error-text.js"
import { readFile, rm, stat, writeFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import { sleep } from "../ground/sleep.js"

/** The lock files that this process holds. */
const pathsHeldByThisProcess = new Set<string>()
/** The pause between two attempts to get the lock, in milliseconds. */
const pauseMs = 500
/** The age in milliseconds at which the lock file of another machine's process counts as abandoned. */
const staleMs = 10 * 60_000

/**
 * Runs `work` while this call holds the lock of a folder. The lock is the file `lock` with the process id and
 * the host name of its holder. The lock of a dead process is removed; a process on another
 * machine counts as dead when its lock file is ten minutes old.
 *
 * An abort ends the wait for the lock, and the promise rejects with the signal's reason.
 */
export async function withFolderLock<T>(
  folder: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(folder, "lock")
  while (!(await tryLock(path))) await sleep(pauseMs, signal)
  try {
    return await work()
  } finally {
    pathsHeldByThisProcess.delete(path)
    await rm(path, { force: true })
  }
}

async function tryLock(path: string): Promise<boolean> {
  if (pathsHeldByThisProcess.has(path)) return false
  pathsHeldByThisProcess.add(path)
  try {
    await writeFile(path, `${process.pid} ${hostname()}\n`, { flag: "wx", mode: 0o600 })
    return true
  } catch (error) {
    pathsHeldByThisProcess.delete(path)
    if (errorCode(error) !== "EEXIST") throw error
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
    // The holder removed the file between the attempt to create it and the attempt to read it.
    return false
  }
}

/**
 * Returns true if a process with this id runs. For the id of this process it returns false: the locks of
 * this process are in `pathsHeldByThisProcess`, so an earlier process with the same id left the file.
 */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === "EPERM"
  }
}
