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

/** Of so many updates that were put and not handled is it known in which span they came. */
const mostWaiting = 10_000

/**
 * A span for each update that is put, `receive message`, and one for each time it is handled,
 * `process message`, which is its child. Where an update came in is kept in memory until it is
 * handled, and nowhere else: what another process handles, or the next start, begins a new trace.
 */
export class UpdateSpans implements Disposable {
  readonly #tracer: Tracer
  readonly #recordErrors: boolean
  /** The context in which an update came in, by bot and id; the oldest first. */
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
        // What has failed may come again, and belongs to the same trace then.
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

  /** The first that puts an update is the one it came by. */
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
 * The present context, as that of the request that brings an update. A span that has ended is only
 * the one in which the bot was started: what follows is no part of it.
 */
function presentContext(): Context {
  const present = context.active()
  return trace.getSpan(present)?.isRecording() === true ? present : ROOT_CONTEXT
}

function keyOf({ botId, update }: UpdateEvent): string {
  return `${botId}:${update.update_id}`
}
