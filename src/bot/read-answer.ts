import { ApiError } from "../telegram/errors.js"
import type { ResponseParameters } from "../telegram/types.js"
import type { BotAddress } from "./bot-address.js"
import { answerFailure } from "./network-failure.js"
import { similarMethod } from "./similar-method.js"
import type { TransportResponse } from "./transport.js"

/**
 * Returns the result in Telegram's answer to a call.
 *
 * @throws ApiError if Telegram refused the call, NetworkError if another server answered
 */
export function readAnswer(
  address: BotAddress,
  method: string,
  response: TransportResponse<string>,
): unknown {
  const answer = parse(response.body)
  if (answer?.ok === true && "result" in answer) return answer.result
  const refusal = answer && refusalIn(answer)
  if (!refusal) throw foreignAnswer(address, method, response)
  const details = { ...refusal, method, description: address.redact(refusal.description) }
  const suggestion = refusal.errorCode === 404 ? similarMethod(method) : undefined
  throw suggestion === undefined
    ? ApiError.from(details)
    : ApiError.from(details, `Did you mean \`${suggestion}\`?`)
}

/** The members of an answer, before any check. */
interface Answer {
  readonly ok?: unknown
  readonly result?: unknown
  readonly error_code?: unknown
  readonly description?: unknown
  readonly parameters?: unknown
}

function parse(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function refusalIn({ ok, error_code: errorCode, description, parameters }: Answer) {
  if (ok !== false || typeof errorCode !== "number" || typeof description !== "string") {
    return undefined
  }
  // `parameters` is not checked: readers use only the members that they know.
  return { errorCode, description, parameters: parameters as ResponseParameters | undefined }
}

function foreignAnswer(address: BotAddress, method: string, response: TransportResponse<string>) {
  const { status, headers, body } = response
  const location = status >= 300 && status < 400 ? String(headers["location"] ?? "") : ""
  return answerFailure(method, address.host, {
    status,
    location: address.redact(location),
    text: address.redact(body),
  })
}
