import {
  type Context,
  context,
  createContextKey,
  type Span,
  SpanKind,
  trace,
  type Tracer,
} from "@opentelemetry/api"
import { botCall, botCalled, botWaiting } from "../events/index.js"
import { ApiError } from "../telegram/errors.js"
import { callAttributes } from "./span-attributes.js"
import { fail } from "./span-end.js"

/** The key that the SDK's `suppressTracing` uses; two keys of one name are equal. */
const suppressed = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING")

/**
 * Makes a span for each call of the Bot API except `getUpdates`, which mostly waits. Within a call
 * other instrumentation makes no spans, because spans of HTTP clients contain the URL, and with it
 * the token.
 */
export class CallSpans implements Disposable {
  readonly #tracer: Tracer
  readonly #recordErrors: boolean
  readonly #calling = new WeakMap<object, Span>()
  readonly #ends: readonly (() => void)[]

  constructor(tracer: Tracer, recordErrors: boolean) {
    this.#tracer = tracer
    this.#recordErrors = recordErrors
    this.#ends = this.#watch()
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end()
  }

  #watch(): (() => void)[] {
    return [
      botCall.subscribe((call) => {
        const within = this.#begin(call)
        const { around } = call
        call.around = (run) => context.with(within.setValue(suppressed, true), () => around(run))
      }),
      botWaiting.subscribe(({ method, waitMs }) => {
        const span = trace.getActiveSpan()
        span?.addEvent("sounder.retry_after", { "rpc.method": method, "sounder.wait_ms": waitMs })
      }),
      botCalled.subscribe((call) => {
        const span = this.#calling.get(call)
        if (!span) return
        if ("error" in call) this.#failed(span, call.error)
        span.end()
      }),
    ]
  }

  #begin(call: Parameters<Parameters<typeof botCall.subscribe>[0]>[0]): Context {
    const present = context.active()
    if (call.method === "getUpdates") return present
    const options = { kind: SpanKind.CLIENT, attributes: callAttributes(call) }
    const span = this.#tracer.startSpan(call.method, options, present)
    this.#calling.set(call, span)
    return trace.setSpan(present, span)
  }

  #failed(span: Span, error: unknown): void {
    if (error instanceof ApiError) {
      span.setAttribute("http.response.status_code", error.errorCode)
    }
    fail(span, error, this.#recordErrors)
  }
}
