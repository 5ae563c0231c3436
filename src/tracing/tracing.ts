import { type OptionNames, expectOptionsObject } from "../ground/expect-option.js"
import { trace, type TracerProvider } from "@opentelemetry/api"
import { CallSpans } from "./call-spans.js"
import { UpdateSpans } from "./update-spans.js"

/** The options of {@link Tracing}. */
export interface TracingOptions {
  /** The provider of the spans. Default: the one that is registered with `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider
  /**
   * Whether spans keep the messages and stacks of errors; the kind of an error is always kept.
   * Default: `false`, because a handler's error may contain the text of a user.
   */
  readonly recordErrors?: boolean
}

const optionNames: OptionNames<TracingOptions> = { tracerProvider: true, recordErrors: true }

/**
 * A tracer of every bot and queue of this process, from construction until disposal: a span for each
 * update that arrives, one for each attempt to handle it, and one for each call of the Bot API.
 * Handlers run within their span, so that their own spans belong to its trace.
 *
 * No span contains the token, a text, a name or the id of a chat or user.
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
    expectOptionsObject(options, "new Tracing({ tracerProvider })", optionNames)
    const { tracerProvider = trace, recordErrors = false } = options
    const tracer = tracerProvider.getTracer("sounder")
    this.#parts = [new UpdateSpans(tracer, recordErrors), new CallSpans(tracer, recordErrors)]
  }

  /** Stops making spans; open spans still end as usual. */
  [Symbol.dispose](): void {
    for (const part of this.#parts) part[Symbol.dispose]()
  }
}
