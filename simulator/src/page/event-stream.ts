import type { ServerResponse } from "node:http"
import type { PageEvent, PageSnapshot } from "./protocol.js"

/** The time for which changes are collected into one batch. */
const flushMs = 20
/** The interval of empty messages that keep a connection open. */
const heartbeatMs = 15_000
/** The maximum number, and the total length in characters, of stored batches. */
const keptBatches = 1_000
const keptLength = 8_000_000
/** The maximum number of events in a batch. */
const maxInBatch = 1_000

interface Batch {
  readonly id: number
  readonly text: string
}

/**
 * A stream of server-sent events. Changes within 20 ms are sent as one batch. A page that
 * reconnects with the id of its last batch gets the batches since then, or a snapshot if they are
 * no longer stored.
 */
export class EventStream {
  readonly #snapshot: () => PageSnapshot
  readonly #run = Math.random().toString(36).slice(2)
  readonly #clients = new Set<ServerResponse>()
  readonly #heartbeat: NodeJS.Timeout
  readonly #batches: Batch[] = []
  #length = 0
  #last = 0
  #pending = new Map<string, PageEvent>()
  #flush: NodeJS.Timeout | undefined

  constructor(snapshot: () => PageSnapshot) {
    this.#snapshot = snapshot
    this.#heartbeat = setInterval(() => this.#toAll(": still here\n\n"), heartbeatMs).unref()
  }

  /** The number of connected pages. */
  get clientCount(): number {
    return this.#clients.size
  }

  /**
   * Adds an event to the current batch.
   * @param name a batch contains only the last event of each name
   */
  add(event: PageEvent, name = `${this.#last}:${this.#pending.size}`): void {
    this.#pending.delete(name)
    this.#pending.set(name, event)
    if (this.#pending.size >= maxInBatch) this.#send()
    else this.#flush ??= setTimeout(() => this.#send(), flushMs).unref()
  }

  /**
   * Connects a page.
   * @param lastId the header `Last-Event-ID`
   */
  connect(response: ServerResponse, lastId: string): void {
    this.#send()
    response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    })
    response.write(this.#missed(lastId) ?? this.#text(this.#last, [this.#snapshot()]))
    this.#clients.add(response)
    response.once("close", () => this.#clients.delete(response))
  }

  /** Closes all connections. */
  close(): void {
    clearInterval(this.#heartbeat)
    clearTimeout(this.#flush)
    for (const client of this.#clients) client.end()
  }

  #send(): void {
    clearTimeout(this.#flush)
    this.#flush = undefined
    if (this.#pending.size === 0) return
    const events = [...this.#pending.values()]
    this.#pending = new Map()
    const batch = { id: ++this.#last, text: this.#text(this.#last, events) }
    this.#keep(batch)
    this.#toAll(batch.text)
  }

  #keep(batch: Batch): void {
    this.#batches.push(batch)
    this.#length += batch.text.length
    while (this.#batches.length > keptBatches || this.#length > keptLength) {
      this.#length -= this.#batches.shift()?.text.length ?? 0
    }
  }

  // A page that reads too slowly is disconnected; it reconnects and requests the missed events.
  #toAll(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > keptLength) client.destroy()
      else client.write(text)
    }
  }

  #missed(lastId: string): string | undefined {
    const [run, seen] = lastId.split("-")
    if (run !== this.#run || seen === undefined || !/^\d+$/.test(seen)) return undefined
    const from = Number(seen)
    const first = this.#batches[0]?.id ?? this.#last + 1
    if (from > this.#last || from + 1 < first) return undefined
    const texts = this.#batches.filter(({ id }) => id > from).map(({ text }) => text)
    return `: welcome back\n\n${texts.join("")}`
  }

  #text(id: number, events: readonly PageEvent[]): string {
    return `id: ${this.#run}-${id}\ndata: ${JSON.stringify(events)}\n\n`
  }
}
