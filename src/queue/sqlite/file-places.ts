import {
  closeSync,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { StorageError } from "../storage-error.js"

/** The maximum number of symbolic links that are followed, as Linux does. */
const linkLimit = 40

/** The first four bytes of a write-ahead log: one value for each byte order. */
const logHeaders: readonly number[] = [0x377f0682, 0x377f0683]

/**
 * Resolves a path, so that a queue has one lock and one log under all names of its file. A symbolic
 * link may lead to a file that does not exist yet.
 */
export function realPath(path: string): string {
  let real = resolve(path)
  for (let links = 0; links < linkLimit; links += 1) {
    try {
      return realpathSync(real)
    } catch {
      const target = linkTarget(real)
      if (target === undefined) break
      real = resolve(dirname(real), target)
    }
  }
  return join(realFolder(dirname(real)), basename(real))
}

/** Creates a file that only its owner can read, if the file does not exist. */
export function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "a", 0o600))
  } catch {
    // SQLite reports the fault when it opens the file.
  }
}

/**
 * Throws if a file has hard links: another process could open the file by its other name, with another
 * lock.
 */
export function expectNoHardLinks(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile() || found.nlink === 1) return
  throw new StorageError(
    "storage-failed",
    `${path} has ${found.nlink} names (hard links), and only one of them has its log and its lock. ` +
      "Remove the others, or copy the file and use the copy",
  )
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/**
 * The files of an open queue, checked before each transaction. If one of them was deleted, moved,
 * replaced or cut, the writes of this process go to a file that the next start does not find.
 */
export class FilePlaces {
  readonly #path: string
  readonly #log: number
  readonly #files: readonly FileIdentity[]
  readonly #header = Buffer.alloc(4)
  #isCut = false

  /**
   * @param path the queue's file
   * @param log the file descriptor of the queue's log
   * @param others the paths of the log, the lock and the shared memory
   */
  constructor(path: string, log: number, others: readonly string[]) {
    this.#path = path
    this.#log = log
    this.#files = [path, ...others].map(identityOf)
  }

  /** Returns an error if a file is no longer in its place, otherwise `undefined`. */
  goneError(): StorageError | undefined {
    const moved = this.#files.find((file) => !isInPlace(file))
    this.#isCut ||= this.#wasCut()
    if (!moved && !this.#isCut) return undefined
    const what = moved
      ? `${moved.path} has been deleted, moved or replaced`
      : `The log of ${this.#path} has been cut`
    return new StorageError(
      "storage-gone",
      `${what} while the queue was open. New updates are refused, because the next start would not find them. ` +
        "Stop the bot, bring the file back if you have it, and start again",
    )
  }

  /**
   * Returns true if another program has cut the log, so that its header is lost. SQLite does not read
   * the writes that follow a missing header. An empty log is fine, because a backup program may have
   * copied and emptied it.
   */
  #wasCut(): boolean {
    const { size } = fstatSync(this.#log)
    if (size === 0) return false
    readSync(this.#log, this.#header, 0, 4, 0)
    return !logHeaders.includes(this.#header.readUInt32BE(0))
  }
}

/** A file, identified by its device and inode. */
interface FileIdentity {
  readonly path: string
  readonly device: number
  readonly inode: number
}

function identityOf(path: string): FileIdentity {
  const { dev, ino } = statSync(path)
  return { path, device: dev, inode: ino }
}

function isInPlace({ path, device, inode }: FileIdentity): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.dev === device && found.ino === inode
  } catch {
    return false
  }
}
