import type { IncomingUpdate } from "../../src/queue/update-queue.js"

/** A queue that accepts and records every update, or calls `answer`. */
export class RecordingQueue {
  readonly puts: IncomingUpdate[] = []
  /** Returns the promise of a put. */
  answer: () => Promise<void> = () => Promise.resolve()

  put({ botId, update }: IncomingUpdate): Promise<void> {
    this.puts.push({ botId, update })
    return this.answer()
  }

  get ids(): number[] {
    return this.puts.map(({ update }) => update.update_id)
  }
}
