import {
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
  type Tracer,
} from "@opentelemetry/api"
import {
  type UpdateEvent,
  updateHandled,
  updateHandling,
  updatePut,
  updateSettled,
} from "../events/index.js"
import { updateAttributes } from "./span-attributes.js"
import { markFailed } from "./mark-failed.js"

/** The maximum number of unfinished updates whose context is remembered. */
const maxContexts = 10_000

/**
 * The spans of updates: a span `receive` for each update that is put, and a child `process` for each
 * attempt to handle it. The context of an update is in memory only: in another process, or after a restart,
 * handling begins a new trace.
 */
export class UpdateSpans implements Disposable {
  readonly #tracer: Tracer
  readonly #recordErrors: boolean
  /** The contexts in which the updates arrived, by bot and id; the oldest first. */
  readonly #contexts = new Map<string, Context>()
  /** The `receive` spans that have not ended, by the event that started them. */
  readonly #receiveSpans = new WeakMap<
    object,
    { readonly span: Span; readonly spanContext: Context }
  >()
  /** The `process` spans that have not ended, by the event that started them. */
  readonly #processSpans = new WeakMap<object, Span>()
  readonly #unsubscribers: readonly (() => void)[]

  constructor(tracer: Tracer, recordErrors: boolean) {
    this.#tracer = tracer
    this.#recordErrors = recordErrors
    this.#unsubscribers = [...this.#watchPuts(), ...this.#watchHandlings()]
  }

  [Symbol.dispose](): void {
    for (const unsubscribe of this.#unsubscribers) unsubscribe()
  }

  #watchPuts(): (() => void)[] {
    return [
      updatePut.subscribe((event) => {
        const parent = currentContext()
        const span = this.#start("receive", SpanKind.CLIENT, event, parent)
        const spanContext = trace.setSpan(parent, span)
        this.#receiveSpans.set(event, { span, spanContext })
        this.#remember(keyOf(event), spanContext)
      }),
      updateSettled.subscribe((event) => {
        const receiving = this.#receiveSpans.get(event)
        if (!receiving) return
        const { span, spanContext } = receiving
        const { outcome, isRepeated, error } = event
        span.setAttributes({ "sounder.outcome": outcome, "sounder.update.repeated": isRepeated })
        if (outcome !== "taken") markFailed(span, error, this.#recordErrors)
        if (outcome !== "taken" || isRepeated) this.#forget(keyOf(event), spanContext)
        span.end()
      }),
    ]
  }

  #watchHandlings(): (() => void)[] {
    return [
      updateHandling.subscribe((event) => {
        const parent = this.#contexts.get(keyOf(event)) ?? currentContext()
        const span = this.#start("process", SpanKind.CONSUMER, event, parent)
        span.setAttribute("sounder.attempt", event.attempt)
        this.#processSpans.set(event, span)
        const { around } = event
        event.around = (run) => context.with(trace.setSpan(parent, span), () => around(run))
      }),
      updateHandled.subscribe((event) => {
        const span = this.#processSpans.get(event)
        if (!span) return
        const { outcome, error } = event
        span.setAttribute("sounder.outcome", outcome)
        if (error !== undefined) markFailed(span, error, this.#recordErrors)
        // A failed update may be retried. The retry belongs to the same trace.
        else if (outcome !== "stopped") this.#contexts.delete(keyOf(event))
        span.end()
      }),
    ]
  }

  #start(
    operation: "receive" | "process",
    kind: SpanKind,
    event: UpdateEvent,
    parent: Context,
  ): Span {
    const attributes = updateAttributes(operation, event)
    const name = `${operation} ${event.type ?? "update"}`
    return this.#tracer.startSpan(name, { kind, attributes }, parent)
  }

  /** Remembers the context of the first put of an update. */
  #remember(key: string, spanContext: Context): void {
    if (this.#contexts.has(key)) return
    this.#contexts.set(key, spanContext)
    if (this.#contexts.size <= maxContexts) return
    const [oldest] = this.#contexts.keys()
    if (oldest !== undefined) this.#contexts.delete(oldest)
  }

  #forget(key: string, spanContext: Context): void {
    if (this.#contexts.get(key) === spanContext) this.#contexts.delete(key)
  }
}

/**
 * Returns the current context: the context of the request that brings an update. A context whose span has
 * ended is ignored, because it comes from the start of the bot, not from the update.
 */
function currentContext(): Context {
  const current = context.active()
  return trace.getSpan(current)?.isRecording() === true ? current : ROOT_CONTEXT
}

function keyOf({ botId, update }: UpdateEvent): string {
  return `${botId}:${update.update_id}`
}
