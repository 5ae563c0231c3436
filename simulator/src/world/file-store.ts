import type { Random } from "../ground/random.js"

/** A file that Telegram keeps. */
export interface StoredFile {
  readonly id: string
  readonly uniqueId: string
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
  /** As `getFile` gives it. */
  readonly path: string
}

/** How many bytes of files are kept: 256 MiB; the oldest files go first. */
export const keptBytes = 268_435_456

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/** The files of a world, in memory. */
export class FileStore {
  readonly #random: Random
  readonly #limit: number
  readonly #byId = new Map<string, StoredFile>()
  readonly #byPath = new Map<string, StoredFile>()
  #count = 0
  #size = 0

  /** @param limit how many bytes are kept; {@link keptBytes} by default */
  constructor(random: Random, limit = keptBytes) {
    this.#random = random
    this.#limit = limit
  }

  /** Keeps a file. @param folder as in `photos/file_0.jpg` */
  add(folder: string, file: { name: string; type: string; bytes: Buffer }): StoredFile {
    const extension = /\.\w{1,8}$/.exec(file.name)?.[0] ?? ""
    const stored = {
      ...file,
      id: `BQACAg${this.#random.text(50, alphabet)}`,
      uniqueId: `AgAD${this.#random.text(12, alphabet)}`,
      path: `${folder}/file_${this.#count++}${extension}`,
    }
    return this.#keep(stored)
  }

  /** Keeps a file that was kept before, under its ids of then. */
  restore(file: StoredFile): void {
    this.#count = Math.max(this.#count, 1 + Number(/_(\d+)(?:\.\w+)?$/.exec(file.path)?.[1] ?? 0))
    this.#keep(file)
  }

  /** All files, the oldest first. */
  [Symbol.iterator](): Iterator<StoredFile> {
    return this.#byId.values()
  }

  /** The file of a `file_id`. */
  find(id: string): StoredFile | undefined {
    return this.#byId.get(id)
  }

  /** The file of a path. */
  at(path: string): StoredFile | undefined {
    return this.#byPath.get(path)
  }

  #keep(stored: StoredFile): StoredFile {
    this.#byId.set(stored.id, stored)
    this.#byPath.set(stored.path, stored)
    this.#size += stored.bytes.length
    this.#makeRoom(stored)
    return stored
  }

  #makeRoom(newest: StoredFile): void {
    for (const file of this.#byId.values()) {
      if (this.#size <= this.#limit || file === newest) return
      this.#byId.delete(file.id)
      this.#byPath.delete(file.path)
      this.#size -= file.bytes.length
    }
  }
}
