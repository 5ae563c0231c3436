import { expectInteger, expectText, unexpectedOption } from "../ground/expect-option.js"
import { BotLabel } from "./labels.js"
import { contentType } from "./exposition.js"
import { showProcess } from "./process-gauges.js"
import { canBeShown, showQueues, type WatchedQueue } from "./queue-gauges.js"
import { Registry } from "./registry.js"
import { showTelegram, type WatchedBot } from "./telegram-gauges.js"
import { watchCalls } from "./watch-calls.js"
import { watchRetrieval } from "./watch-retrieval.js"
import { watchUpdates } from "./watch-updates.js"

/** What {@link Metrics} show beside what happens in the process. */
export interface MetricsOptions {
  /** Queues whose depth is shown, each by the name it is to have as a label. */
  readonly queues?: Readonly<Record<string, WatchedQueue>>
  /**
   * Bots of which Telegram is asked how many updates wait there (`getWebhookInfo`), once a minute at
   * most and only when the metrics are read. Not needed for a bot that has registered its webhook:
   * it asks anyway.
   */
  readonly bots?: readonly WatchedBot[]
  /**
   * How many bots have a label of their own, `bot`, with their id; those that come later share
   * `other`. 0 by default: what all bots do is added up.
   */
  readonly botLabels?: number
  /** Whether CPU, memory and event loop of the process are shown. `true` by default. */
  readonly process?: boolean
}

/**
 * Counts what every bot, queue and server of this process does, from when it is made until it is
 * disposed of, and shows it in Prometheus' text format. The certificates that are in use by then are
 * shown, too.
 *
 * No label has a value that comes from a chat, a user or a request: their number is bounded.
 *
 * @see docs/guides/observability.md
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { Metrics, serveMetrics } from "sounder/metrics"
 *
 * const updater = new Updater({ token: process.env.BOT_TOKEN })
 * const metrics = new Metrics({ queues: { main: updater.queue }, bots: [updater.bot] })
 * await serveMetrics(metrics, { port: 9464 })
 * ```
 */
export class Metrics implements Disposable {
  /** What {@link Metrics.text} is to be sent as. */
  readonly contentType = contentType
  readonly #registry = new Registry()
  readonly #queues: Map<string, WatchedQueue>
  readonly #bots: Set<WatchedBot>
  readonly #ends: readonly (() => void)[]

  /** @throws TypeError for a wrong option */
  constructor(options: MetricsOptions = {}) {
    const { queues = {}, bots = [], botLabels = 0, process: isProcessShown = true } = options
    const labels = new BotLabel(expectInteger("botLabels", botLabels, 0, 100_000))
    this.#queues = new Map(Object.entries(queues))
    this.#bots = new Set(bots)
    for (const [name, queue] of this.#queues) expectQueue(`queues.${name}`, queue)
    this.#ends = [
      ...watchUpdates(this.#registry, labels),
      ...watchRetrieval(this.#registry, labels),
      ...watchCalls(this.#registry, labels),
      ...showTelegram(this.#registry, labels, this.#bots),
    ]
    showQueues(this.#registry, this.#queues)
    if (isProcessShown) showProcess(this.#registry)
  }

  /** Shows a further queue; what is answered takes it off again. */
  addQueue(name: string, queue: WatchedQueue): () => void {
    expectText("name", name)
    this.#queues.set(name, expectQueue("queue", queue))
    return () => {
      if (this.#queues.get(name) === queue) this.#queues.delete(name)
    }
  }

  /** Asks Telegram of a further bot; what is answered asks no more. */
  addBot(bot: WatchedBot): () => void {
    this.#bots.add(bot)
    return () => void this.#bots.delete(bot)
  }

  /**
   * All metrics in Prometheus' text format, version 0.0.4. Asks the queues and, once a minute,
   * Telegram; waits for none of them longer than two seconds, and never rejects.
   */
  text(): Promise<string> {
    return this.#registry.text()
  }

  /** Counts no more. What was counted can still be read. */
  [Symbol.dispose](): void {
    for (const end of this.#ends) end()
  }
}

function expectQueue(name: string, queue: WatchedQueue): WatchedQueue {
  if (canBeShown(queue)) return queue
  return unexpectedOption(name, "a queue with `waiting` or `status()`", queue)
}
