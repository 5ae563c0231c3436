import type { IncomingUpdate } from "../../src/queue/update-queue.js"

/** A queue that takes everything at once and remembers it, or does what `answer` does. */
export class RecordingQueue {
  readonly puts: IncomingUpdate[] = []
  /** What a put comes to. */
  answer: () => Promise<void> = () => Promise.resolve()

  put({ botId, update }: IncomingUpdate): Promise<void> {
    this.puts.push({ botId, update })
    return this.answer()
  }

  get ids(): number[] {
    return this.puts.map(({ update }) => update.update_id)
  }
}
