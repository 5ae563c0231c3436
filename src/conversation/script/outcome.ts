import { errorName, errorText, isError } from "../../ground/error-text.js"
import { ApiError, type ApiErrorDetails, NetworkError } from "../../telegram/errors.js"

/** The recorded outcome of an operation of a script: its value, or its error. */
export type Outcome = { readonly value?: unknown } | { readonly error: StoredError }

/** The stored form of an error. */
interface StoredError {
  readonly name: string
  readonly message: string
  /** Telegram's answer, for an `ApiError`. */
  readonly api?: ApiErrorDetails
  /** The method of the call, for a `NetworkError`. */
  readonly method?: string
}

/** Returns the outcome of an operation that has failed. */
export function failedOutcome(error: unknown): Outcome {
  const facts = { name: isError(error) ? errorName(error) : "Error", message: errorText(error) }
  if (error instanceof ApiError) {
    const { method, errorCode, description, parameters } = error
    return { error: { ...facts, api: { method, errorCode, description, parameters } } }
  }
  if (error instanceof NetworkError) return { error: { ...facts, method: error.method } }
  return { error: facts }
}

/** Returns the value of an outcome. Throws its error. */
export function valueOf(outcome: Outcome): unknown {
  if ("error" in outcome) throw errorOf(outcome.error)
  return outcome.value
}

/** Resolves with the value of an outcome, or rejects with its error. */
export async function settledAs(outcome: Outcome): Promise<unknown> {
  return valueOf(outcome)
}

function errorOf({ name, message, api, method }: StoredError): Error {
  if (api) return ApiError.from(api)
  if (method !== undefined) {
    return new NetworkError(method, message.replace(`${method}: `, ""))
  }
  const error = new Error(message)
  error.name = name
  return error
}
