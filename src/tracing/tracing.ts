import { trace, type TracerProvider } from "@opentelemetry/api"
import { CallSpans } from "./call-spans.js"
import { UpdateSpans } from "./update-spans.js"

/** How {@link Tracing} is done. */
export interface TracingOptions {
  /** Who makes the spans. The one that is registered with `@opentelemetry/api` by default. */
  readonly tracerProvider?: TracerProvider
  /**
   * Whether spans keep the messages and stacks of errors. `false` by default, because a handler's
   * error may hold what a user wrote; its kind is always kept.
   */
  readonly recordErrors?: boolean
}

/**
 * Traces what every bot and queue of this process does, from when it is made until it is disposed
 * of: a span for each update that comes in, one for each time it is handled, and one for each call
 * of the Bot API. Handlers run within their span, so that what they do is a part of its trace.
 *
 * No span holds the token, a text, a name or the id of a chat or user.
 *
 * @see docs/guides/observability.md
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { Tracing } from "sounder/tracing"
 *
 * const tracing = new Tracing()
 * const updater = new Updater({ token: process.env.BOT_TOKEN })
 * await updater.startPolling()
 * ```
 */
export class Tracing implements Disposable {
  readonly #parts: readonly Disposable[]

  constructor(options: TracingOptions = {}) {
    const { tracerProvider = trace, recordErrors = false } = options
    const tracer = tracerProvider.getTracer("sounder")
    this.#parts = [new UpdateSpans(tracer, recordErrors), new CallSpans(tracer, recordErrors)]
  }

  /** Makes no more spans; those that are open stay so. */
  [Symbol.dispose](): void {
    for (const part of this.#parts) part[Symbol.dispose]()
  }
}
