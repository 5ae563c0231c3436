import { type Span, SpanStatusCode } from "@opentelemetry/api"
import { SounderError } from "../telegram/errors.js"

/**
 * Marks a span as failed.
 *
 * @param recordErrors whether the error's message and stack are kept with the span
 */
export function fail(span: Span, error: unknown, recordErrors: boolean): void {
  span.setAttribute("error.type", errorType(error))
  if (!recordErrors) return void span.setStatus({ code: SpanStatusCode.ERROR })
  const shown = error instanceof Error ? error : String(error)
  span.recordException(shown)
  const message = error instanceof Error ? error.message : String(error)
  span.setStatus({ code: SpanStatusCode.ERROR, message })
}

/** A word of few for an error: the code of Sounder's own, else the name of its class. */
function errorType(error: unknown): string {
  if (error instanceof SounderError) return error.code
  return error instanceof Error ? error.name : "_OTHER"
}
