import { readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { makeFolder } from "./make-folder.js"
import type { World } from "../world/world.js"
import { restoreWorld, type MakeBot } from "./restore-world.js"
import { saveWorld } from "./save-world.js"
import { savedVersion, type SavedWorld } from "./saved-world.js"
import { errorCode, errorMessage } from "../ground/thrown-error.js"

const saveAfterMs = 1000

/** A file that keeps a world: written at the start, a second after a change, and at the end. */
export class StateFile {
  readonly #path: string
  readonly #world: World
  readonly #unsubscribe: () => void
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  private constructor(path: string, world: World) {
    this.#path = path
    this.#world = world
    this.#unsubscribe = world.changes.subscribe(() => this.#changed())
  }

  /**
   * Restores the world from the file, if it exists, and makes its folder. Rejects if the file cannot
   * be read or written.
   */
  static async open(path: string, world: World, makeBot: MakeBot): Promise<StateFile> {
    const saved = await readSaved(path)
    if (saved !== undefined) await restoreWorld(saved, world, makeBot)
    const file = new StateFile(path, world)
    await file.#expectWritable()
    return file
  }

  /** Writes the world for the last time. */
  async close(): Promise<void> {
    this.#unsubscribe()
    clearTimeout(this.#timer)
    await this.#save()
  }

  // Written at the start: at the end, an error would come too late.
  async #expectWritable(): Promise<void> {
    try {
      await makeFolder(dirname(this.#path))
      await this.#save()
    } catch (cause) {
      this.#unsubscribe()
      throw unusable(this.#path, cause)
    }
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      // The next change, or the end, tries again.
      this.#save().catch(() => {})
    }, saveAfterMs).unref()
  }

  // Written to a temporary file and renamed, so that a reader never sees half a state.
  #save(): Promise<void> {
    const write = async () => {
      const fresh = `${this.#path}.new`
      await writeFile(fresh, JSON.stringify(saveWorld(this.#world)), { mode: 0o600 })
      await rename(fresh, this.#path).catch(async (error: unknown) => {
        await rm(fresh, { force: true })
        throw error
      })
    }
    this.#writing = this.#writing.catch(() => {}).then(write)
    return this.#writing
  }
}

async function readSaved(path: string): Promise<SavedWorld | undefined> {
  let text: string
  try {
    text = await readFile(path, "utf8")
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined
    throw unusable(path, error)
  }
  const saved = parsed(text)
  if (saved?.version === savedVersion) return saved
  throw new Error(
    `${path} holds no state that this version of the simulator can read: name another file, or delete it`,
  )
}

function unusable(path: string, cause: unknown): Error {
  const reason = errorMessage(cause)
  return new Error(`The state cannot be kept in ${path}: name another file (${reason})`, { cause })
}

function parsed(text: string): SavedWorld | undefined {
  try {
    // This program wrote every file of the right version.
    return JSON.parse(text) as SavedWorld
  } catch {
    return undefined
  }
}
