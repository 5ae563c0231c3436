import { StateConflict, type StateWrite } from "../queue/state-store.js"
import type { UnsureRule } from "../telegram/promised-call.js"
import type { BroadcastEntry } from "./progress.js"
import type {
  BroadcastStore,
  ChatId,
  Counts,
  LaterRecipient,
  StoredHead,
  StoredProgress,
} from "./stored-broadcast.js"

/** The number of entries in a page of the report. */
export const reportPageSize = 200

/** The maximum number of repetitions of a call whose outcome is unknown. */
const maxUnsure = 3

/** A recipient that was taken from the list for a call. */
export interface Recipient {
  readonly chatId: ChatId
  /** The number of earlier calls with an unknown outcome. */
  readonly unsure: number
}

/** The error of a slice that another worker has taken over. */
export class SliceLost extends Error {}

/**
 * The progress of a broadcast while one of its slices runs. Each change is stored; changes during a write are stored
 * together by the next write. A call is stored as begun before it is made, so that after a crash only the calls that
 * were running have an unknown outcome.
 */
export class Journal {
  readonly #store: BroadcastStore
  readonly #owner: string
  /** The chosen recipients whose calls have not begun. */
  readonly #chosen = new Set<Recipient>()
  /** The recipients whose calls are running. */
  readonly #open = new Set<Recipient>()
  readonly counts: Counts
  later: LaterRecipient[]
  section: number
  next: number
  readonly #progress: StoredProgress
  #version: number
  /** The pages of the report that have changed. */
  readonly #report = new Map<number, BroadcastEntry[]>()
  /** The last page of the report. */
  #lastPage: BroadcastEntry[] = []
  #entries: number
  /** The write that is running. Never rejects. */
  #writing: Promise<unknown> = Promise.resolve()
  /** The write that begins when the running one has ended, with all changes until then. */
  #nextWrite: Promise<void> | undefined
  /**
   * Called with the stored head after each write, because other programs may have paused or cancelled the
   * broadcast.
   */
  readonly #onHead: (head: StoredHead | undefined, version: number) => void

  constructor(options: {
    readonly store: BroadcastStore
    readonly progress: StoredProgress
    readonly version: number
    readonly owner: string
    readonly onHead: (head: StoredHead | undefined, version: number) => void
  }) {
    const { store, progress, version, owner, onHead } = options
    this.#store = store
    this.#owner = owner
    this.#progress = progress
    this.#version = version
    this.#onHead = onHead
    this.counts = { ...progress.counts }
    this.later = [...progress.later]
    this.section = progress.section
    this.next = progress.next
    this.#entries = progress.entries
  }

  /** The number of chosen recipients whose calls have not begun. */
  get chosenCount(): number {
    return this.#chosen.size
  }

  /** The number of calls that are running. */
  get openCount(): number {
    return this.#open.size
  }

  /** Reads the last page of the report. */
  async open(): Promise<void> {
    const page = Math.floor(this.#entries / reportPageSize)
    const [entries] = await this.#store.readAll<BroadcastEntry[]>([this.#store.reportKey(page)])
    this.#lastPage = entries?.slice(0, this.#entries % reportPageSize) ?? []
  }

  /** Records that a recipient was chosen. */
  choose(recipient: Recipient): void {
    this.#chosen.add(recipient)
  }

  /** Records that the call to a recipient begins. Resolves when the record is stored. */
  begin(recipient: Recipient): Promise<void> {
    this.#chosen.delete(recipient)
    this.#open.add(recipient)
    return this.store()
  }

  /** Records the outcome for a recipient. */
  end(recipient: Recipient, outcome: keyof Counts, entry?: BroadcastEntry): void {
    this.#chosen.delete(recipient)
    this.#open.delete(recipient)
    this.counts[outcome] += 1
    if (entry) this.#addEntry(entry)
    this.store().catch(() => {})
  }

  /** Records that the call to a recipient is to be made at `dueAt` or later. */
  putOff(recipient: Recipient, dueAt: number): void {
    this.#later(recipient, dueAt, recipient.unsure)
  }

  /** Records a call with an unknown outcome. By `rule`, the call is repeated, or the recipient is skipped. */
  endUnsure(
    recipient: Recipient,
    rule: UnsureRule,
    { dueAt, reason }: { readonly dueAt: number; readonly reason: string },
  ): void {
    const unsure = recipient.unsure + 1
    this.counts.unsure += 1
    if (rule === "repeat" && unsure <= maxUnsure) return this.#later(recipient, dueAt, unsure)
    this.end(recipient, "skipped", { chatId: recipient.chatId, outcome: "skipped", reason })
  }

  /** Goes on to the next section of the list. */
  nextSection(): void {
    this.section += 1
    this.next = 0
  }

  #later(recipient: Recipient, dueAt: number, unsure: number): void {
    this.#chosen.delete(recipient)
    this.#open.delete(recipient)
    this.later.push([recipient.chatId, dueAt, unsure])
    this.store().catch(() => {})
  }

  /** Stores all changes. Rejects with {@link SliceLost} if another worker has begun the slice. */
  store(): Promise<void> {
    return (this.#nextWrite ??= this.#writeNext())
  }

  /** Stores the end of the slice, with further writes. */
  async close(
    end: Partial<StoredProgress>,
    writes: (progress: StoredProgress) => readonly StateWrite[],
  ): Promise<void> {
    await this.#nextWrite?.catch(() => {})
    await this.#writing
    const progress = { ...this.#snapshot(), slice: this.#progress.slice + 1, ...end }
    await this.#write(progress, writes(progress))
  }

  async #writeNext(): Promise<void> {
    await this.#writing
    this.#nextWrite = undefined
    const written = this.#write(this.#snapshot())
    this.#writing = written.catch(() => {})
    return written
  }

  #snapshot(): StoredProgress {
    // A chosen recipient whose call has not begun is stored for a later call.
    const chosen = [...this.#chosen].map(({ chatId, unsure }): LaterRecipient => [
      chatId,
      0,
      unsure,
    ])
    return {
      ...this.#progress,
      owner: this.#owner,
      section: this.section,
      next: this.next,
      open: [...this.#open].map(({ chatId, unsure }) => [chatId, unsure] as const),
      later: [...this.later, ...chosen],
      counts: { ...this.counts },
      entries: this.#entries,
      until: undefined,
      reason: undefined,
    }
  }

  async #write(progress: StoredProgress, more: readonly StateWrite[] = []): Promise<void> {
    const { state, progressKey, headKey } = this.#store
    const report = [...this.#report]
    const pages = report.map(([page, entries]) =>
      this.#store.set(this.#store.reportKey(page), entries),
    )
    try {
      await state.write([this.#store.set(progressKey, progress, this.#version), ...pages, ...more])
    } catch (error) {
      if (error instanceof StateConflict)
        throw new SliceLost("Another worker has taken over the slice")
      throw error
    }
    for (const [page, entries] of report) {
      if (this.#report.get(page) === entries) this.#report.delete(page)
    }
    // `write` does not return the new version, so it is read. The head is read along with it.
    const [stored, head] = await state.read([progressKey, headKey])
    // `write` has stored the text.
    const { owner, slice } = JSON.parse(stored?.json ?? "{}") as Partial<StoredProgress>
    if (owner !== progress.owner || slice !== progress.slice) {
      throw new SliceLost("Another worker has taken over the slice")
    }
    this.#version = stored?.version ?? 0
    this.#onHead(head && (JSON.parse(head.json) as StoredHead), head?.version ?? 0)
  }

  #addEntry(entry: BroadcastEntry): void {
    const page = Math.floor(this.#entries / reportPageSize)
    if (this.#entries % reportPageSize === 0) this.#lastPage = []
    this.#lastPage.push(entry)
    this.#report.set(page, [...this.#lastPage])
    this.#entries += 1
  }
}
