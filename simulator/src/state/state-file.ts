import { readFile, rename, rm, writeFile } from "node:fs/promises"
import type { World } from "../world/world.js"
import { restoreWorld, type MakeBot } from "./restore-world.js"
import { saveWorld } from "./save-world.js"
import { savedVersion, type SavedWorld } from "./saved-world.js"

const saveAfterMs = 1000

/** A file that keeps a world: written a second after a change, and at the end. */
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

  /** Restores the world from the file, if it exists. Rejects if the file cannot be read. */
  static async open(path: string, world: World, makeBot: MakeBot): Promise<StateFile> {
    const saved = await readSaved(path)
    if (saved !== undefined) await restoreWorld(saved, world, makeBot)
    return new StateFile(path, world)
  }

  /** Writes the world for the last time. */
  async close(): Promise<void> {
    this.#unsubscribe()
    clearTimeout(this.#timer)
    await this.#save()
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
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
    throw error
  }
  const saved = parsed(text)
  if (saved?.version === savedVersion) return saved
  throw new Error(
    `${path} holds no state that this version of the simulator can read: name another file, or delete it`,
  )
}

function parsed(text: string): SavedWorld | undefined {
  try {
    // This program wrote every file of the right version.
    return JSON.parse(text) as SavedWorld
  } catch {
    return undefined
  }
}
