import { unexpectedOption } from "../ground/expect-option.js"
import type { StateSet } from "../queue/state-store.js"
import type { Recipients } from "./broadcast-options.js"
import type { BroadcastStore, ChatId, StoredHead } from "./stored-broadcast.js"

/** The number of recipients in a page. */
const pageSize = 1_000
/** The number of recipients, from the first one on, that keep their order. */
const orderedSize = 100_000
/** The number of sections for the other recipients. A hash of the id chooses the section. */
const hashedSections = 255
/** The number of pages that are written at once. */
const pagesPerWrite = 20
/** The number of pages that are read at once. */
const pagesAtOnce = 100

/** The list of the recipients, as it was stored. */
export type RecipientList = Pick<StoredHead, "list" | "pages" | "total">

/**
 * Stores the recipients with bounded memory. The first 100,000 are one section, in their order. A hash of the id
 * assigns each other recipient to one of 255 sections, of which only the last page is in memory. Repetitions of a
 * recipient are in the same section, where the reader drops them.
 */
export async function storeRecipients(
  store: BroadcastStore,
  to: Recipients,
  signal: AbortSignal | undefined,
): Promise<RecipientList> {
  expectRecipients(to)
  const pages = new PageWriter(store)
  const first = new Set<ChatId>()
  let total = 0
  for await (const given of to) {
    signal?.throwIfAborted()
    const id = chatIdOf(given)
    total += 1
    const isOrdered = first.size < orderedSize || first.has(id)
    if (isOrdered) first.add(id)
    const written = pages.add(isOrdered ? 0 : hashedSection(id), id)
    if (written) await written
  }
  await pages.end()
  return { list: pages.list, pages: pages.counts, total }
}

/** Throws a `TypeError` for a value that is no list or stream. The characters of a string would be read as ids. */
function expectRecipients(to: unknown): asserts to is Recipients {
  const isIterable =
    typeof to === "object" && to !== null && (Symbol.iterator in to || Symbol.asyncIterator in to)
  if (!isIterable) unexpectedOption("to", "a list or a stream of ids, as in `[42]`", to)
}

/** A writer of the pages of a list. */
class PageWriter {
  /** The name of the list. */
  readonly list = crypto.randomUUID()
  readonly #store: BroadcastStore
  /** The number of pages of each section. */
  readonly counts: number[] = []
  /** The page of each section that is not full. */
  readonly #open: ChatId[][] = []
  /** The full pages that wait for their write. */
  #full: StateSet[] = []

  constructor(store: BroadcastStore) {
    this.#store = store
  }

  /** Adds a recipient to a section. Returns a promise if pages are written now. */
  add(section: number, id: ChatId): Promise<void> | undefined {
    // The sections have no holes, which JSON could not represent.
    while (this.counts.length <= section) this.counts.push(0)
    const page = (this.#open[section] ??= [])
    page.push(id)
    if (page.length < pageSize) return undefined
    this.#close(section, page)
    return this.#full.length < pagesPerWrite ? undefined : this.#write()
  }

  /** Writes the remaining pages. */
  async end(): Promise<void> {
    for (const [section, page = []] of this.#open.entries()) {
      if (page.length > 0) this.#close(section, page)
      if (this.#full.length >= pagesPerWrite) await this.#write()
    }
    if (this.#full.length > 0) await this.#write()
  }

  #close(section: number, page: ChatId[]): void {
    const number = this.counts[section] ?? 0
    this.counts[section] = number + 1
    this.#open[section] = []
    this.#full.push(this.#store.set(this.#store.pageKey(this.list, section, number), page))
  }

  #write(): Promise<void> {
    const full = this.#full
    this.#full = []
    return this.#store.state.write(full)
  }
}

/** Deletes the pages of a list. */
export async function deleteRecipients(
  store: BroadcastStore,
  { list, pages }: Pick<RecipientList, "list" | "pages">,
): Promise<void> {
  for (const [section, count] of pages.entries()) {
    for (let from = 0; from < count; from += pagesAtOnce) {
      const keys = pageKeys(store, list, { section, from, count })
      await store.state.write(keys.map((key) => ({ kind: "delete", key })))
    }
  }
}

/** A section of a list, in memory. */
interface LoadedSection {
  readonly section: number
  /** The recipients, each once. */
  readonly ids: readonly ChatId[]
  /** The number of dropped repetitions. */
  readonly duplicates: number
}

/** A reader of stored lists, with the last section in memory. */
export class ListReader {
  readonly #store: BroadcastStore
  readonly #list: RecipientList
  #loaded: LoadedSection | undefined

  constructor(store: BroadcastStore, list: RecipientList) {
    this.#store = store
    this.#list = list
  }

  /** The number of sections. */
  get sections(): number {
    return this.#list.pages.length
  }

  /** Resolves with a section. */
  async section(section: number): Promise<LoadedSection> {
    if (this.#loaded?.section !== section) this.#loaded = await this.#load(section)
    return this.#loaded
  }

  /** Resolves with whether a chat is a recipient. */
  async includes(id: ChatId): Promise<boolean> {
    const sections = new Set([0, hashedSection(id)])
    for (const section of sections) {
      const { ids } = this.#loaded?.section === section ? this.#loaded : await this.#load(section)
      if (ids.includes(id)) return true
    }
    return false
  }

  async #load(section: number): Promise<LoadedSection> {
    const count = this.#list.pages[section] ?? 0
    const ids = new Set<ChatId>()
    let total = 0
    for (let from = 0; from < count; from += pagesAtOnce) {
      const keys = pageKeys(this.#store, this.#list.list, { section, from, count })
      for (const page of await this.#store.readAll<ChatId[]>(keys)) {
        for (const id of page ?? []) ids.add(id)
        total += page?.length ?? 0
      }
    }
    return { section, ids: [...ids], duplicates: total - ids.size }
  }
}

function pageKeys(
  store: BroadcastStore,
  list: string,
  {
    section,
    from,
    count,
  }: { readonly section: number; readonly from: number; readonly count: number },
) {
  const length = Math.min(pagesAtOnce, count - from)
  return Array.from({ length }, (_, index) => store.pageKey(list, section, from + index))
}

/** Returns the id of a chat: a number, or the name of a channel. Throws a `TypeError` for any other value. */
function chatIdOf(given: unknown): ChatId {
  // Databases return 64-bit ids as BigInt or as text.
  const isNumber = typeof given === "bigint" || (typeof given === "string" && /^-?\d+$/.test(given))
  const id = isNumber ? Number(given) : given
  if (typeof id === "number" && Number.isSafeInteger(id) && id !== 0) return id
  if (typeof id === "string" && /^@\w+$/.test(id)) return id
  return unexpectedOption("to", "ids of chats, or names of channels such as @news", given)
}

/** Returns the section of an id by its hash. */
function hashedSection(id: ChatId): number {
  let hash = 0x811c9dc5
  for (const character of String(id)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return 1 + ((hash >>> 0) % hashedSections)
}
