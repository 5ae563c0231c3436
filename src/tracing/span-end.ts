import { type Span, SpanStatusCode } from "@opentelemetry/api"
import { SounderError } from "../telegram/errors.js"

/** What may be a token: an id, a colon, and what stands behind it. */
const tokenLike = /\d{5,}:[\w-]{20,}/g

/**
 * Marks a span as failed.
 *
 * @param recordErrors whether the error's message and stack are kept with the span; what looks like
 *   a token is not
 */
export function fail(span: Span, error: unknown, recordErrors: boolean): void {
  span.setAttribute("error.type", errorType(error))
  if (!recordErrors) return void span.setStatus({ code: SpanStatusCode.ERROR })
  const message = redacted(error instanceof Error ? error.message : String(error))
  const stack = error instanceof Error ? redacted(error.stack ?? "") : ""
  span.recordException({ name: errorType(error), message, stack })
  span.setStatus({ code: SpanStatusCode.ERROR, message })
}

/** A word of few for an error: the code of Sounder's own, else the name of its class. */
function errorType(error: unknown): string {
  if (error instanceof SounderError) return error.code
  return error instanceof Error ? error.name : "_OTHER"
}

function redacted(text: string): string {
  return text.replaceAll(tokenLike, "<token>")
}
