import type {
  Delivery,
  HandBack,
  IncomingUpdate,
  UpdateQueue,
} from "../../src/queue/update-queue.js"
import { untilTrue } from "../support/waiting.js"

interface Put {
  readonly updateId: number
  readonly botId: number
  resolve(): void
  reject(error: unknown): void
}

/** A queue whose test decides when, and how, each put settles. */
export class ScriptedQueue implements UpdateQueue {
  /** All puts, in order. */
  readonly puts: Put[] = []
  /** Decides the outcome of a put. Default: it waits for the test. */
  decide: (updateId: number) => "wait" | "accept" | Error

  constructor(decide: (updateId: number) => "wait" | "accept" | Error = () => "wait") {
    this.decide = decide
  }

  get ids(): number[] {
    return this.puts.map(({ updateId }) => updateId)
  }

  put({ botId, update: { update_id: updateId } }: IncomingUpdate): Promise<void> {
    return new Promise((resolve, reject) => {
      this.puts.push({ botId, updateId, resolve, reject })
      const decision = this.decide(updateId)
      if (decision === "accept") resolve()
      if (decision instanceof Error) reject(decision)
    })
  }

  /** Returns the latest put of an update; waits for it. */
  async of(updateId: number): Promise<Put> {
    const find = () => this.puts.findLast((put) => put.updateId === updateId)
    await untilTrue(() => find() !== undefined)
    return find()!
  }

  async untilPut(count: number): Promise<void> {
    await untilTrue(() => this.puts.length >= count)
  }

  take(signal: AbortSignal): Promise<Delivery> {
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error))
    })
  }

  handBack(): Promise<HandBack> {
    return Promise.resolve({ handedBack: [], remaining: [] })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}
