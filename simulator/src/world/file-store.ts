import type { Random } from "../ground/random.js"
import type { Size } from "./media/image-facts.js"
import { idPrefixes } from "./media/media-kinds.js"
import { photoSizes, thumbnailSize } from "./media/photo-sizes.js"

/** A smaller size of a photo, with a `file_id` of its own. */
export interface StoredSize extends Size {
  readonly id: string
  readonly uniqueId: string
}

/** A file stored at Telegram. */
export interface StoredFile {
  readonly id: string
  readonly uniqueId: string
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
  /** The path in the result of `getFile`. */
  readonly path: string
  /** The smaller sizes of a photo, the smallest first. They share the bytes of the photo. */
  readonly sizes?: readonly StoredSize[]
  /** The thumbnail that Telegram makes of a picture. It shares the bytes of the picture. */
  readonly thumbnail?: StoredSize & { readonly path: string }
}

/** The maximum size of stored files: 256 MiB. The oldest files are removed first. */
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

  /** @param limit the maximum of stored bytes. Default: {@link keptBytes}. */
  constructor(random: Random, limit = keptBytes) {
    this.#random = random
    this.#limit = limit
  }

  /**
   * Stores a file.
   * @param folder as in `photos/file_0.jpg`
   */
  add(folder: string, file: { name: string; type: string; bytes: Buffer }): StoredFile {
    const isPhoto = folder === "photos" || folder === "profile_photos"
    const extension = isPhoto ? ".jpg" : (/\.\w{1,8}$/.exec(file.name)?.[0] ?? "")
    const smaller = isPhoto ? photoSizes(file.bytes).slice(0, -1) : []
    const sizes = smaller.map((size) => ({ ...size, ...this.#ids(folder) }))
    const path = `${folder}/file_${this.#count++}${extension}`
    const thumbnail = this.#thumbnail(folder, file.bytes)
    return this.#keep({
      ...file,
      ...this.#ids(folder),
      path,
      ...(sizes.length > 0 && { sizes }),
      ...(thumbnail && { thumbnail }),
    })
  }

  #thumbnail(folder: string, bytes: Buffer): StoredFile["thumbnail"] {
    const size = thumbnailSize(folder, bytes)
    if (size === undefined) return undefined
    const path = `thumbnails/file_${this.#count++}.jpg`
    return { ...size, ...this.#ids("thumbnails"), path }
  }

  // The first letters encode the kind of file.
  #ids(folder: string): { id: string; uniqueId: string } {
    return {
      id: `${idPrefixes[folder] ?? "BQACAg"}${this.#random.text(50, alphabet)}`,
      uniqueId: `AgAD${this.#random.text(12, alphabet)}`,
    }
  }

  /** Restores a file under its saved ids. */
  restore(file: StoredFile): void {
    for (const path of [file.path, file.thumbnail?.path ?? ""]) {
      this.#count = Math.max(this.#count, 1 + Number(/_(\d+)(?:\.\w+)?$/.exec(path)?.[1] ?? -1))
    }
    this.#keep(file)
  }

  /** All files, the oldest first. */
  [Symbol.iterator](): Iterator<StoredFile> {
    return this.#byId.values()
  }

  /** Returns the file with a `file_id`. */
  find(id: string): StoredFile | undefined {
    return this.#byId.get(id) ?? this.#bySize.get(id)
  }

  /** Returns the file at a path. */
  at(path: string): StoredFile | undefined {
    return this.#byPath.get(path)
  }

  #keep(stored: StoredFile): StoredFile {
    this.#byId.set(stored.id, stored)
    this.#byPath.set(stored.path, stored)
    for (const { id, uniqueId } of stored.sizes ?? []) {
      this.#bySize.set(id, { ...stored, id, uniqueId })
    }
    if (stored.thumbnail !== undefined) {
      const { id, uniqueId, path } = stored.thumbnail
      const thumbnail = { ...stored, id, uniqueId, path }
      this.#bySize.set(id, thumbnail)
      this.#byPath.set(path, thumbnail)
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
      if (file.thumbnail) {
        this.#bySize.delete(file.thumbnail.id)
        this.#byPath.delete(file.thumbnail.path)
      }
      this.#size -= file.bytes.length
    }
  }
}
