import { errorText } from "../../ground/error-text.js"
import type { FSWatcher } from "node:fs"
import { dirname } from "node:path"
import { certificateFailed } from "../../events/index.js"
import type { Logger } from "../../ground/logger.js"
import { nodeFs } from "../../ground/node-modules.js"
import { sleep } from "../../ground/sleep.js"

/** The options of {@link ChangingFiles}. */
export interface ChangingFilesOptions {
  /** The paths of the files; an empty list for nothing to watch. */
  readonly paths: readonly string[]
  /** Resolves with the content of all files as one text. */
  read(): Promise<string>
  /** Uses a new content. Rejects if the content is unusable. */
  accept(content: string): Promise<void>
  /** The content that is in use at the start of the watch. */
  readonly content: string
  readonly logger: Logger
  /** The interval at which the files are read without a notification, in milliseconds. Default: 10,000. */
  readonly everyMs?: number
}

/** The pause before an unusable new content is tried again, in milliseconds. */
const retryPauseMs = 200
/** The time for which an unusable new content is tried again, in milliseconds. */
const retryForMs = 2000

/**
 * A watch of files that belong together, such as a certificate and its key. The files may be rewritten,
 * renamed, or replaced behind a symbolic link. The watch listens to their folders, and also reads the
 * files periodically, because some file systems send no notifications.
 *
 * Files are not replaced all at once, so an unusable content is tried again for two seconds. Then it is
 * logged once, and the old content stays in use.
 */
export class ChangingFiles {
  readonly #options: ChangingFilesOptions
  readonly #end = new AbortController()
  readonly #watchers: FSWatcher[] = []
  readonly #timer: NodeJS.Timeout | undefined
  #content: string
  /** The text of the last failure, which is logged once. */
  #failure: string | undefined
  /** The running check of the files; `undefined` if none is running. */
  #work: Promise<void> | undefined
  /** True if the files have to be checked again after the running check. */
  #isNotified = false

  /** Starts the watch. */
  constructor(options: ChangingFilesOptions) {
    this.#options = options
    this.#content = options.content
    const { paths, everyMs = 10_000 } = options
    if (paths.length === 0) return
    for (const folder of new Set(paths.map((path) => dirname(path)))) this.#watchFolder(folder)
    this.#timer = setInterval(() => this.#check(), everyMs).unref()
  }

  /** Stops the watch. Resolves when no check is running. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    for (const watcher of this.#watchers) watcher.close()
    this.#end.abort()
    await this.#work
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = nodeFs().watch(folder, { persistent: false }, () => this.#check())
      watcher.on("error", () => watcher.close())
      this.#watchers.push(watcher)
    } catch {
      // The system cannot watch folders, or watches too many: the periodic reading is sufficient.
    }
  }

  #check(): void {
    this.#isNotified = true
    this.#work ??= this.#checkRepeatedly().finally(() => {
      this.#work = undefined
    })
  }

  async #checkRepeatedly(): Promise<void> {
    while (this.#isNotified && !this.#end.signal.aborted) {
      this.#isNotified = false
      await this.#update()
    }
  }

  async #update(): Promise<void> {
    const begin = performance.now()
    for (;;) {
      const error = await this.#tryUpdate()
      const isKnown = error === undefined || failureText(error) === this.#failure
      if (isKnown || performance.now() - begin >= retryForMs) return this.#report(error)
      await sleep(retryPauseMs, this.#end.signal).catch(() => {})
      if (this.#end.signal.aborted) return
    }
  }

  /** Reads the files and uses a new content. Resolves with the error of a failure. */
  async #tryUpdate(): Promise<unknown> {
    try {
      const content = await this.#options.read()
      if (content === this.#content) return undefined
      await this.#options.accept(content)
      this.#content = content
      return undefined
    } catch (error) {
      return error
    }
  }

  /** Logs a failure, unless it repeats the last one. Forgets the last failure if `error` is `undefined`. */
  #report(error: unknown): void {
    const failure = failureText(error)
    const isNew = failure !== undefined && failure !== this.#failure
    this.#failure = failure
    if (!isNew) return
    const { paths, logger } = this.#options
    const files = [...new Set(paths)].join(" and ")
    logger.warn(`${files} changed, but cannot be used; the old content stays in use: ${failure}`)
    if (certificateFailed.hasSubscribers) certificateFailed.publish({ hosts: [], error })
  }
}

function failureText(error: unknown): string | undefined {
  if (error === undefined) return undefined
  return errorText(error)
}
