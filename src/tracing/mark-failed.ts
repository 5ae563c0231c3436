import { type Span, SpanStatusCode } from "@opentelemetry/api"
import { errorName, errorStack, errorText, isError } from "../ground/error-text.js"
import { SounderError } from "../telegram/errors.js"
import { redactSecrets } from "../telegram/redact-tokens.js"

/**
 * Marks a span as failed.
 *
 * @param recordErrors whether the span keeps the error's message and stack, with tokens and passwords removed
 */
export function markFailed(span: Span, error: unknown, recordErrors: boolean): void {
  span.setAttribute("error.type", errorType(error))
  if (!recordErrors) return void span.setStatus({ code: SpanStatusCode.ERROR })
  const message = redactSecrets(errorText(error))
  const stack = isError(error) ? redactSecrets(errorStack(error)) : ""
  span.recordException({ name: errorType(error), message, stack })
  span.setStatus({ code: SpanStatusCode.ERROR, message })
}

/** Returns a label for an error: the code of a `SounderError`, otherwise the name of its class. */
function errorType(error: unknown): string {
  if (isError(error) && error instanceof SounderError) return error.code
  // OpenTelemetry's conventions name `_OTHER` for an unknown type.
  return errorName(error) || "_OTHER"
}
