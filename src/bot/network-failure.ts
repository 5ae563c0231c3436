import { errorCause, errorCode, errorText, isError } from "../ground/error-text.js"
import { NetworkError } from "../telegram/errors.js"
import { ProxyFailure } from "./proxy-failure.js"

/** Returns the error of a call that failed before an answer arrived, with a remedy if the cause is known. */
export function connectionFailure(method: string, host: string, cause: unknown): NetworkError {
  if (cause instanceof ProxyFailure) {
    const message = `${host} could not be reached through the proxy ${cause.proxy}: ${cause.message}`
    return new NetworkError(method, message, { cause })
  }
  const code = codeOf(cause)
  const reason = reasons.find(({ codes }) => codes.test(code))
  const message = reason
    ? reason.message(host)
    : `${host} could not be reached (${describe(cause, code)})`
  return new NetworkError(method, message, { cause })
}

/** Returns the error of a call that was not answered in time. */
export function timeoutFailure(method: string, host: string, timeoutMs: number): NetworkError {
  const message = `${host} did not answer within ${timeoutMs} ms. ${unknownOutcome}`
  return new NetworkError(method, message)
}

/** Returns the error of a call whose answer does not come from a Bot API server. */
export function answerFailure(
  method: string,
  host: string,
  answer: { readonly status: number; readonly location: string; readonly text: string },
): NetworkError {
  const { status, location } = answer
  const text = answer.text.replaceAll(/\s+/g, " ").trim()
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
  const content = location ? `a redirect to ${location}` : shown || "an empty body"
  const advice = statusAdvice[status] ?? (status < 500 ? wrongServer : serverDown)
  return new NetworkError(method, `${host} answered ${status} with ${content}. ${advice}`)
}

const unknownOutcome = "Telegram may or may not have carried out the call"
const wrongServer = "That is not Telegram's answer: check the `apiRoot` option"
const serverDown = "Telegram, or a proxy in between, is not working: try again later"
/** The maximum length of a quoted body, in characters. */
const longestShown = 200

const statusAdvice: Readonly<Record<number, string>> = {
  400: "The request is malformed: send at most 50 files, and only well-formed fields",
  413: "The request is too large: the limit is 1 MB for all parameters, and 50 MB for a file (2000 MB with --local)",
  429: "Too many requests were sent: slow down",
  431: "The request headers are too large: shorten the file names",
}

/** A reason for a failed connection. */
interface Reason {
  /** A pattern of the error codes that have this reason. */
  readonly codes: RegExp
  /** Returns the error message, with a remedy. */
  readonly message: (host: string) => string
}

const reasons: readonly Reason[] = [
  {
    codes: /^ECONNREFUSED$/,
    message: (host) => `${host} refused the connection. Check that a Bot API server runs there`,
  },
  {
    codes: /^(ENOTFOUND|EAI_\w+)$/,
    message: (host) => `the host of ${host} was not found. Check the network and its DNS`,
  },
  {
    codes:
      /^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/,
    message: (host) => `${host} is unreachable. Check the network and its firewall`,
  },
  {
    codes: /^(EPROTO|ERR_SSL_\w+)$/,
    message: (host) =>
      `${host} does not speak TLS as expected. Check the scheme and port of \`apiRoot\``,
  },
  {
    codes: /^(DEPTH_\w+|SELF_SIGNED\w+|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+)$/,
    message: (host) =>
      `the certificate of ${host} is not trusted. Set NODE_EXTRA_CA_CERTS to a file with the certificate of its authority`,
  },
  {
    codes: /^ANSWER_TOO_LONG$/,
    message: (host) => `${host} answered with more than 32 MiB. ${wrongServer}. ${unknownOutcome}`,
  },
  {
    codes: /^(MALFORMED_ANSWER|HPE_\w+)$/,
    message: (host) => `${host} does not answer in HTTP/1.1. ${wrongServer}. ${unknownOutcome}`,
  },
  {
    codes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    message: (host) => `${host} closed the connection before it answered. ${unknownOutcome}`,
  },
]

/** Returns the first error code in a chain of causes: `fetch` and Node's connect attempts wrap the original error. */
function codeOf(error: unknown): string {
  if (!isError(error)) return ""
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : errorCause(error)
  return errorCode(error) || codeOf(inner)
}

function describe(error: unknown, code: string): string {
  return code || errorText(error)
}
