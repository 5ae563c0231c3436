import { asciiJson } from "../ground/ascii-json.js"
import { CallError } from "../ground/call-error.js"
import { ResultWithDescription } from "../ground/result-with-description.js"
import { RawJson } from "../ground/raw-json.js"

/** The HTTP response to a call. */
export interface Answer {
  /** The HTTP status: 200 or the error code. */
  readonly status: number
  /** The JSON body, ASCII only. */
  readonly body: string
  /** The value of the header `Retry-After`, in seconds. */
  readonly retryAfter?: number | undefined
}

/** Returns the response with a method's result. */
export function answerOf(result: unknown): Answer {
  if (result instanceof RawJson) return success(result.text, "")
  if (!(result instanceof ResultWithDescription)) return success(asciiJson(result), "")
  return success(asciiJson(result.result), `,"description":${asciiJson(result.description)}`)
}

/** Returns the response to a failed call. An error other than {@link CallError} becomes a 500. */
export function answerOfError(error: unknown): Answer {
  const callError = error instanceof CallError ? error : undefined
  const errorCode = callError?.errorCode ?? 500
  const description = callError?.message ?? `Internal Server Error: ${String(error)}`
  const parameters = callError?.parameters
  const body = asciiJson({
    ok: false,
    error_code: errorCode,
    description,
    ...(parameters && { parameters }),
  })
  return { status: errorCode, body, retryAfter: parameters?.retry_after }
}

function success(result: string, more: string): Answer {
  return { status: 200, body: `{"ok":true,"result":${result}${more}}` }
}
