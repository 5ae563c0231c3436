import { asciiJson } from "../ground/ascii-json.js"
import { CallError } from "../ground/call-error.js"
import { ResultWithDescription } from "../ground/result-with-description.js"
import { RawJson } from "../ground/raw-json.js"

/** The answer to a call. */
export interface Answer {
  /** The HTTP status: 200 or the error code. */
  readonly status: number
  /** ASCII only. */
  readonly body: string
  /** Seconds, for the header of that name. */
  readonly retryAfter?: number | undefined
}

/** The answer that carries a method's result. */
export function answerOf(result: unknown): Answer {
  if (result instanceof RawJson) return success(result.text, "")
  if (!(result instanceof ResultWithDescription)) return success(asciiJson(result), "")
  return success(asciiJson(result.result), `,"description":${asciiJson(result.description)}`)
}

/** The answer to a call that failed. Anything but a {@link CallError} is an error of the server. */
export function answerOfError(error: unknown): Answer {
  const known = error instanceof CallError ? error : undefined
  const errorCode = known?.errorCode ?? 500
  const description = known?.message ?? `Internal Server Error: ${String(error)}`
  const parameters = known?.parameters
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
