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

/** As many links as the operating system follows. */
const mostLinks = 40

/** The first bytes of a log, in either order of bytes. */
const logMarks: readonly number[] = [0x377f0682, 0x377f0683]

/**
 * Where a path leads to, so that a queue has one lock and one log by whatever name it is opened.
 * A link may lead to a file that is not there yet.
 */
export function realPath(path: string): string {
  let real = resolve(path)
  for (let links = 0; links < mostLinks; links += 1) {
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

/** Makes a file that nobody but its owner can read, where there is none. */
export function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "a", 0o600))
  } catch {
    // SQLite says what is wrong when it opens it.
  }
}

/** Throws where a file has a second name: under that one another process could open it, unseen. */
export function expectOneName(path: string): void {
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
 * The files of an open queue, looked at again and again: where one of them has been deleted, moved,
 * replaced or cut, this process writes on into what the next start does not find.
 */
export class FilePlaces {
  readonly #path: string
  readonly #log: number
  readonly #places: readonly Place[]
  readonly #mark = Buffer.alloc(4)
  #isCut = false

  /**
   * @param path the queue's file
   * @param log the descriptor of its log
   * @param others the other files that have to stay
   */
  constructor(path: string, log: number, others: readonly string[]) {
    this.#path = path
    this.#log = log
    this.#places = [path, ...others].map(placeOf)
  }

  /** What has happened to them; `undefined` where all are as they should be. */
  whyGone(): StorageError | undefined {
    const moved = this.#places.find((place) => !isThere(place))
    this.#isCut ||= this.#wasCut()
    if (!moved && !this.#isCut) return undefined
    const what = moved
      ? `${moved.path} has been deleted, moved or replaced`
      : `The log of ${this.#path} has been cut`
    return new StorageError(
      "storage-gone",
      `${what} while the queue was open. No update is taken, since the next start would not find it. ` +
        "Stop the bot, bring the file back if you have it, and start again",
    )
  }

  /**
   * What was written since stands behind a hole. A log that is shorter than before is none: programs that
   * back the file up may empty it.
   */
  #wasCut(): boolean {
    const { size } = fstatSync(this.#log)
    if (size === 0) return false
    readSync(this.#log, this.#mark, 0, 4, 0)
    return !logMarks.includes(this.#mark.readUInt32BE(0))
  }
}

/** A file and which one it is. */
interface Place {
  readonly path: string
  readonly device: number
  readonly number: number
}

function placeOf(path: string): Place {
  const { dev, ino } = statSync(path)
  return { path, device: dev, number: ino }
}

function isThere({ path, device, number }: Place): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.dev === device && found.ino === number
  } catch {
    return false
  }
}
