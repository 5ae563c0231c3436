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
import { fail } from "./span-end.js"

/** The maximum of unfinished updates whose context is remembered. */
const mostWaiting = 10_000

/**
 * Makes a span `receive` for each update that is put, and a child `process` for each attempt to
 * handle it. The context of an update is in memory only: in another process, or after a restart,
 * handling begins a new trace.
 */
export class UpdateSpans implements Disposable {
  readonly #tracer: Tracer
  readonly #recordErrors: boolean
  /** The contexts in which the updates arrived, by bot and id; the oldest first. */
  readonly #waiting = new Map<string, Context>()
  /** The spans that have not ended, by the event that began them. */
  readonly #receiving = new WeakMap<object, { readonly span: Span; readonly within: Context }>()
  readonly #processing = new WeakMap<object, Span>()
  readonly #ends: readonly (() => void)[]

  constructor(tracer: Tracer, recordErrors: boolean) {
    this.#tracer = tracer
    this.#recordErrors = recordErrors
    this.#ends = [...this.#watchPuts(), ...this.#watchHandlings()]
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end()
  }

  #watchPuts(): (() => void)[] {
    return [
      updatePut.subscribe((event) => {
        const parent = presentContext()
        const span = this.#start("receive", SpanKind.CLIENT, event, parent)
        const within = trace.setSpan(parent, span)
        this.#receiving.set(event, { span, within })
        this.#keep(keyOf(event), within)
      }),
      updateSettled.subscribe((event) => {
        const begun = this.#receiving.get(event)
        if (!begun) return
        const { span, within } = begun
        const { outcome, isRepeated, error } = event
        span.setAttributes({ "sounder.outcome": outcome, "sounder.update.repeated": isRepeated })
        if (outcome !== "taken") fail(span, error, this.#recordErrors)
        if (outcome !== "taken" || isRepeated) this.#forget(keyOf(event), within)
        span.end()
      }),
    ]
  }

  #watchHandlings(): (() => void)[] {
    return [
      updateHandling.subscribe((event) => {
        const parent = this.#waiting.get(keyOf(event)) ?? presentContext()
        const span = this.#start("process", SpanKind.CONSUMER, event, parent)
        span.setAttribute("sounder.attempt", event.attempt)
        this.#processing.set(event, span)
        const { around } = event
        event.around = (run) => context.with(trace.setSpan(parent, span), () => around(run))
      }),
      updateHandled.subscribe((event) => {
        const span = this.#processing.get(event)
        if (!span) return
        const { outcome, error } = event
        span.setAttribute("sounder.outcome", outcome)
        if (error !== undefined) fail(span, error, this.#recordErrors)
        // A failed update may come again, and then belongs to the same trace.
        else if (outcome !== "interrupted") this.#waiting.delete(keyOf(event))
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
  #keep(key: string, within: Context): void {
    if (this.#waiting.has(key)) return
    this.#waiting.set(key, within)
    if (this.#waiting.size <= mostWaiting) return
    const [oldest] = this.#waiting.keys()
    if (oldest !== undefined) this.#waiting.delete(oldest)
  }

  #forget(key: string, within: Context): void {
    if (this.#waiting.get(key) === within) this.#waiting.delete(key)
  }
}

/**
 * Returns the current context, which is that of the request that brings an update. A span that has
 * ended is ignored: it belongs to the start of the bot, not to the update.
 */
function presentContext(): Context {
  const present = context.active()
  return trace.getSpan(present)?.isRecording() === true ? present : ROOT_CONTEXT
}

function keyOf({ botId, update }: UpdateEvent): string {
  return `${botId}:${update.update_id}`
}
