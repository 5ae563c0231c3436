import type { PageEvent } from "../../src/page/protocol.js"

/** The events that a page receives, in their order. */
export class EventReader implements AsyncDisposable {
  /** The id of the last batch. */
  lastId: string
  /** The events so far. */
  readonly events: PageEvent[] = []
  readonly response: Response
  readonly #reader: ReadableStreamDefaultReader<string>
  readonly #abort: AbortController
  #text = ""

  private constructor(response: Response, abort: AbortController, lastId: string) {
    this.lastId = lastId
    this.response = response
    this.#abort = abort
    const text = response.body!.pipeThrough(new TextDecoderStream())
    this.#reader = text.getReader()
  }

  /** Connects, as a page that reconnects if the id of a batch is given. */
  static async connect(root: string, lastId?: string): Promise<EventReader> {
    const abort = new AbortController()
    const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId }
    const response = await fetch(`${root}/page/events`, { headers, signal: abort.signal })
    return new EventReader(response, abort, lastId ?? "")
  }

  /** Returns the first matching event, past or future. */
  async until<T extends PageEvent>(fits: (event: PageEvent) => event is T): Promise<T>
  async until(fits: (event: PageEvent) => boolean): Promise<PageEvent>
  async until(fits: (event: PageEvent) => boolean): Promise<PageEvent> {
    for (;;) {
      const found = this.events.find((event) => fits(event))
      if (found !== undefined) return found
      await this.#read()
    }
  }

  /** Returns the first event of a kind. */
  async kind<K extends PageEvent["kind"]>(kind: K): Promise<Extract<PageEvent, { kind: K }>> {
    return (await this.until((event) => event.kind === kind)) as Extract<PageEvent, { kind: K }>
  }

  /** Clears the recorded events. */
  forget(): void {
    this.events.length = 0
  }

  /** Closes the connection, as a reload does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#reader.cancel().catch(() => {})
  }

  async #read(): Promise<void> {
    const { value, done } = await this.#reader.read()
    if (done) throw new Error("The events have ended")
    this.#text += value
    const blocks = this.#text.split("\n\n")
    this.#text = blocks.pop() ?? ""
    for (const block of blocks) this.#take(block)
  }

  #take(block: string): void {
    const [id, data] = ["id: ", "data: "].map((name) =>
      block
        .split("\n")
        .find((line) => line.startsWith(name))
        ?.slice(name.length),
    )
    if (id === undefined || data === undefined) return
    this.lastId = id
    this.events.push(...(JSON.parse(data) as PageEvent[]))
  }
}
