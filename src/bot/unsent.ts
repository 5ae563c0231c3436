import { errorCause, errorCode, isError } from "../ground/error-text.js"
import { ProxyFailure } from "./proxy-failure.js"

/** The codes of errors that occur only before a connection exists. */
const beforeConnection =
  /^(ENOTFOUND|EAI_\w+|ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT|ERR_SOCKET_CONNECTION_TIMEOUT|ERR_SSL_\w+|DEPTH_\w+|SELF_SIGNED\w+|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+)$/

/**
 * Returns whether a failed call certainly did not reach a server, because the connection was never made.
 *
 * @param error the error of the call
 */
export function isUnsent(error: unknown): boolean {
  let cause: unknown = error
  for (let depth = 0; depth < 10 && isError(cause); depth += 1) {
    if (cause instanceof ProxyFailure || beforeConnection.test(errorCode(cause))) return true
    // An error of Node names the system call that failed.
    if ("syscall" in cause && cause.syscall === "connect") return true
    cause = cause instanceof AggregateError ? cause.errors[0] : errorCause(cause)
  }
  return false
}
