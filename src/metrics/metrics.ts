import {
  expectInteger,
  expectText,
  unexpectedOption,
  type OptionNames,
  expectOptionsObject,
} from "../ground/expect-option.js"
import { BotLabel } from "./labels.js"
import { contentType } from "./exposition.js"
import { addProcessMetrics } from "./process-gauges.js"
import { reportsStatus, addQueueMetrics, type WatchedQueue } from "./queue-gauges.js"
import { Registry } from "./registry.js"
import { addTelegramMetrics, type WatchedBot } from "./telegram-gauges.js"
import { watchCalls } from "./watch-calls.js"
import { watchOutbox } from "./watch-outbox.js"
import { watchRetrieval } from "./watch-retrieval.js"
import { watchUpdates } from "./watch-updates.js"

/** The options of {@link Metrics}. */
export interface MetricsOptions {
  /** Queues whose status is shown, each under the name that is its label. */
  readonly queues?: Readonly<Record<string, WatchedQueue>>
  /**
   * Bots whose pending updates at Telegram are shown. `getWebhookInfo` is called at most once per
   * minute, and only when the metrics are read. A bot with a webhook need not be listed: it calls
   * `getWebhookInfo` itself.
   */
  readonly bots?: readonly WatchedBot[]
  /**
   * The number of bots with a label `bot` of their own, which is their id; later bots share
   * `other`. Default: 0; the counts of all bots are then added up.
   */
  readonly botLabels?: number
  /** Whether CPU, memory and event loop of the process are shown. Default: `true`. */
  readonly process?: boolean
}

const optionNames: OptionNames<MetricsOptions> = {
  queues: true,
  bots: true,
  botLabels: true,
  process: true,
}

/**
 * An object that counts the work of every bot, queue and server of this process, from construction until
 * disposal, and returns the counts in Prometheus' text format. The metrics include certificates that were in
 * use before the construction.
 *
 * No label has a value from a chat, a user or a request, so the number of series is bounded.
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
  /** The content type of {@link Metrics.text}. */
  readonly contentType = contentType
  readonly #registry = new Registry()
  readonly #queues: Map<string, WatchedQueue>
  readonly #bots: Set<WatchedBot>
  readonly #unsubscribers: readonly (() => void)[]

  /** @throws TypeError for a wrong option */
  constructor(options: MetricsOptions = {}) {
    expectOptionsObject(options, "new Metrics({ queues })", optionNames)
    const { queues = {}, bots = [], botLabels = 0, process: isProcessShown = true } = options
    const labels = new BotLabel(expectInteger("botLabels", botLabels, 0, 100_000))
    this.#queues = new Map(Object.entries(queues))
    this.#bots = new Set(bots)
    for (const [name, queue] of this.#queues) expectQueue(`queues.${name}`, queue)
    this.#unsubscribers = [
      ...watchUpdates(this.#registry, labels),
      ...watchRetrieval(this.#registry, labels),
      ...watchCalls(this.#registry, labels),
      ...watchOutbox(this.#registry, labels),
      ...addTelegramMetrics(this.#registry, labels, this.#bots),
    ]
    addQueueMetrics(this.#registry, this.#queues)
    if (isProcessShown) addProcessMetrics(this.#registry)
  }

  /** Adds a queue. Returns a function that removes it. */
  addQueue(name: string, queue: WatchedQueue): () => void {
    expectText("name", name)
    this.#queues.set(name, expectQueue("queue", queue))
    return () => {
      if (this.#queues.get(name) === queue) this.#queues.delete(name)
    }
  }

  /** Adds a bot whose pending updates are shown. Returns a function that removes it. */
  addBot(bot: WatchedBot): () => void {
    this.#bots.add(bot)
    return () => void this.#bots.delete(bot)
  }

  /**
   * Returns all metrics in Prometheus' text format, version 0.0.4. Queries the queues and, at
   * most once per minute, Telegram; waits at most two seconds for each answer. Never rejects.
   */
  text(): Promise<string> {
    return this.#registry.text()
  }

  /** Stops counting. The counts can still be read. */
  [Symbol.dispose](): void {
    for (const unsubscribe of this.#unsubscribers) unsubscribe()
  }
}

function expectQueue(name: string, queue: WatchedQueue): WatchedQueue {
  if (reportsStatus(queue)) return queue
  return unexpectedOption(name, "a queue with `waiting` or `status()`", queue)
}
