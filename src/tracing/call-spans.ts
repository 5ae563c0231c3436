import {
  type Context,
  context,
  createContextKey,
  type Span,
  SpanKind,
  trace,
  type Tracer,
} from "@opentelemetry/api"
import { type BotCall, botCall, botCalled, botWaiting } from "../events/index.js"
import { ApiError } from "../telegram/errors.js"
import { callAttributes } from "./span-attributes.js"
import { markFailed } from "./mark-failed.js"

/** The context key of the SDK's `suppressTracing`; keys with the same name are equal. */
const suppressTracingKey = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING")

/**
 * The spans of Bot API calls, without `getUpdates`, which spends most of its time waiting. Within a
 * call other instrumentation is suppressed, because spans of HTTP clients contain the URL, and with
 * it the token.
 */
export class CallSpans implements Disposable {
  readonly #tracer: Tracer
  readonly #recordErrors: boolean
  readonly #openSpans = new WeakMap<object, Span>()
  readonly #unsubscribers: readonly (() => void)[]

  constructor(tracer: Tracer, recordErrors: boolean) {
    this.#tracer = tracer
    this.#recordErrors = recordErrors
    this.#unsubscribers = this.#watch()
  }

  [Symbol.dispose](): void {
    for (const unsubscribe of this.#unsubscribers) unsubscribe()
  }

  #watch(): (() => void)[] {
    return [
      botCall.subscribe((call) => {
        const spanContext = this.#begin(call)
        const { around } = call
        call.around = (run) =>
          context.with(spanContext.setValue(suppressTracingKey, true), () => around(run))
      }),
      botWaiting.subscribe(({ method, waitMs }) => {
        const span = trace.getActiveSpan()
        span?.addEvent("sounder.retry_after", { "rpc.method": method, "sounder.wait_ms": waitMs })
      }),
      botCalled.subscribe((call) => {
        const span = this.#openSpans.get(call)
        if (!span) return
        if ("error" in call) this.#recordFailure(span, call.error)
        span.end()
      }),
    ]
  }

  #begin(call: BotCall): Context {
    const current = context.active()
    if (call.method === "getUpdates") return current
    const options = { kind: SpanKind.CLIENT, attributes: callAttributes(call) }
    const span = this.#tracer.startSpan(call.method, options, current)
    this.#openSpans.set(call, span)
    return trace.setSpan(current, span)
  }

  #recordFailure(span: Span, error: unknown): void {
    if (error instanceof ApiError) {
      span.setAttribute("http.response.status_code", error.errorCode)
    }
    markFailed(span, error, this.#recordErrors)
  }
}
