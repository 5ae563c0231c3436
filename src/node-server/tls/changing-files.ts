import { errorText } from "../../ground/error-text.js"
import { type FSWatcher, watch } from "node:fs"
import { dirname } from "node:path"
import { certificateFailed } from "../../events/index.js"
import type { Logger } from "../../ground/logger.js"
import { sleep } from "../../ground/sleep.js"

/** What {@link ChangingFiles} looks after. */
export interface ChangingFilesOptions {
  /** The files; none where nothing can change. */
  readonly paths: readonly string[]
  /** Their content as one text. */
  read(): Promise<string>
  /** Puts another content to use; rejects with what is wrong with it. */
  accept(content: string): Promise<void>
  /** The content that is in use when it begins. */
  readonly content: string
  readonly logger: Logger
  /** How often they are read even if nothing is heard of them, in milliseconds. */
  readonly everyMs?: number
}

const gapMs = 200
const patienceMs = 2000

/**
 * Files that belong together and may be replaced while they are in use: written anew, renamed, or
 * behind a link that leads elsewhere. Their folders are listened to; and because some file systems
 * tell nothing, they are also read now and then.
 *
 * What cannot be used is looked at again for two seconds, as files are not replaced all at once.
 * Then it is said once, and what was in use stays.
 */
export class ChangingFiles {
  readonly #options: ChangingFilesOptions
  readonly #end = new AbortController()
  readonly #watchers: FSWatcher[] = []
  readonly #timer: NodeJS.Timeout | undefined
  #content: string
  #complaint: string | undefined
  #work: Promise<void> | undefined
  #isNews = false

  /** Begins to look. */
  constructor(options: ChangingFilesOptions) {
    this.#options = options
    this.#content = options.content
    const { paths, everyMs = 10_000 } = options
    if (paths.length === 0) return
    for (const folder of new Set(paths.map((path) => dirname(path)))) this.#listen(folder)
    this.#timer = setInterval(() => this.#look(), everyMs).unref()
  }

  /** Stops looking. Resolves when nothing is left running. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    for (const watcher of this.#watchers) watcher.close()
    this.#end.abort()
    await this.#work
  }

  #listen(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#look())
      watcher.on("error", () => watcher.close())
      this.#watchers.push(watcher)
    } catch {
      // There is no such thing here, or too many of it: reading now and then has to do.
    }
  }

  #look(): void {
    this.#isNews = true
    this.#work ??= this.#lookWhileNews().finally(() => {
      this.#work = undefined
    })
  }

  async #lookWhileNews(): Promise<void> {
    while (this.#isNews && !this.#end.signal.aborted) {
      this.#isNews = false
      await this.#takeOver()
    }
  }

  async #takeOver(): Promise<void> {
    const begin = performance.now()
    for (;;) {
      const fault = await this.#faultOf()
      const isSaid = fault === undefined || complaintOf(fault) === this.#complaint
      if (isSaid || performance.now() - begin >= patienceMs) return this.#say(fault)
      await sleep(gapMs, this.#end.signal).catch(() => {})
      if (this.#end.signal.aborted) return
    }
  }

  async #faultOf(): Promise<unknown> {
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

  #say(fault: unknown): void {
    const complaint = complaintOf(fault)
    const isNew = complaint !== undefined && complaint !== this.#complaint
    this.#complaint = complaint
    if (!isNew) return
    const { paths, logger } = this.#options
    const files = [...new Set(paths)].join(" and ")
    logger.warn(`${files} changed and cannot be used, so what was there before stays: ${complaint}`)
    if (certificateFailed.hasSubscribers) certificateFailed.publish({ hosts: [], error: fault })
  }
}

function complaintOf(fault: unknown): string | undefined {
  if (fault === undefined) return undefined
  return errorText(fault)
}
