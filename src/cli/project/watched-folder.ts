import { type FSWatcher, watch } from "node:fs"

/** The time in milliseconds for which changes are collected, because editors save a file in several steps. */
const collectMs = 100

/**
 * Source files. JSON is excluded, because a bot's sessions and `--state` are written while the bot
 * runs.
 */
const source = /\.[cm]?[jt]sx?$|(^|[/\\])\.env$/

/** Folders with files that programs write, such as build results: changes in them are ignored. */
const ignored = /(^|[/\\])(node_modules|\.git|dist|coverage)([/\\]|$)/

/** A folder whose source files are watched for changes. */
export class WatchedFolder implements Disposable {
  readonly #watcher: FSWatcher
  #timer: NodeJS.Timeout | undefined

  /** @param onChange called with the name of a changed file; once for several changes within 100 ms */
  constructor(folder: string, onChange: (name: string) => void) {
    this.#watcher = watch(folder, { recursive: true }, (_, name) => {
      if (name === null || !source.test(name) || ignored.test(name)) return
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => onChange(name), collectMs)
    })
    // Without this listener, a folder that disappears would end the command.
    this.#watcher.on("error", () => {})
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#watcher.close()
  }
}
