import { type FSWatcher, watch } from "node:fs"

/** The time for which changes are gathered, because editors write a file in several steps. */
const gatherMs = 100

/**
 * Source files. JSON is excluded, because a bot's sessions and `--state` are written while the bot
 * runs.
 */
const source = /\.[cm]?[jt]sx?$|(^|[/\\])\.env$/

/** Folders whose files are written by programs. */
const ignored = /(^|[/\\])(node_modules|\.git|dist|coverage)([/\\]|$)/

/** A folder whose source files are watched for changes. */
export class WatchedFolder implements Disposable {
  readonly #watcher: FSWatcher
  #timer: NodeJS.Timeout | undefined

  /** @param changed is called with the name of a file that changed, once for changes close together */
  constructor(folder: string, changed: (name: string) => void) {
    this.#watcher = watch(folder, { recursive: true }, (_, name) => {
      if (name === null || !source.test(name) || ignored.test(name)) return
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => changed(name), gatherMs)
    })
    // The command goes on if the folder disappears.
    this.#watcher.on("error", () => {})
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#watcher.close()
  }
}
