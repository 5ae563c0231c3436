import type { Random } from "../ground/random.js"
import type { Size } from "./media/image-facts.js"
import { idPrefixes } from "./media/media-kinds.js"
import { photoSizes } from "./media/photo-sizes.js"

/** A smaller size of a photo, with a `file_id` of its own. */
export interface StoredSize extends Size {
  readonly id: string
  readonly uniqueId: string
}

/** A file that Telegram keeps. */
export interface StoredFile {
  readonly id: string
  readonly uniqueId: string
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
  /** As `getFile` gives it. */
  readonly path: string
  /** Of a photo: its smaller sizes, the smallest first. They have the bytes of the whole photo. */
  readonly sizes?: readonly StoredSize[]
}

/** The upper bound of kept files: 256 MiB. The oldest files go first. */
export const keptBytes = 268_435_456

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/** The files of a world, in memory. */
export class FileStore {
  readonly #random: Random
  readonly #limit: number
  readonly #byId = new Map<string, StoredFile>()
  readonly #byPath = new Map<string, StoredFile>()
  readonly #bySize = new Map<string, StoredFile>()
  #count = 0
  #size = 0

  /** @param limit how many bytes are kept; {@link keptBytes} by default */
  constructor(random: Random, limit = keptBytes) {
    this.#random = random
    this.#limit = limit
  }

  /** Keeps a file. @param folder as in `photos/file_0.jpg` */
  add(folder: string, file: { name: string; type: string; bytes: Buffer }): StoredFile {
    const isPhoto = folder === "photos" || folder === "profile_photos"
    const extension = isPhoto ? ".jpg" : (/\.\w{1,8}$/.exec(file.name)?.[0] ?? "")
    const smaller = isPhoto ? photoSizes(file.bytes).slice(0, -1) : []
    const sizes = smaller.map((size) => ({ ...size, ...this.#ids(folder) }))
    const path = `${folder}/file_${this.#count++}${extension}`
    const stored = { ...file, ...this.#ids(folder), path, ...(sizes.length > 0 && { sizes }) }
    return this.#keep(stored)
  }

  // The first letters tell the kind of file.
  #ids(folder: string): { id: string; uniqueId: string } {
    return {
      id: `${idPrefixes[folder] ?? "BQACAg"}${this.#random.text(50, alphabet)}`,
      uniqueId: `AgAD${this.#random.text(12, alphabet)}`,
    }
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
    return this.#byId.get(id) ?? this.#bySize.get(id)
  }

  /** The file of a path. */
  at(path: string): StoredFile | undefined {
    return this.#byPath.get(path)
  }

  #keep(stored: StoredFile): StoredFile {
    this.#byId.set(stored.id, stored)
    this.#byPath.set(stored.path, stored)
    for (const { id, uniqueId } of stored.sizes ?? []) {
      this.#bySize.set(id, { ...stored, id, uniqueId })
    }
    this.#size += stored.bytes.length
    this.#makeRoom(stored)
    return stored
  }

  #makeRoom(newest: StoredFile): void {
    for (const file of this.#byId.values()) {
      if (this.#size <= this.#limit || file === newest) return
      this.#byId.delete(file.id)
      this.#byPath.delete(file.path)
      for (const { id } of file.sizes ?? []) this.#bySize.delete(id)
      this.#size -= file.bytes.length
    }
  }
}
