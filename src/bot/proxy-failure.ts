import { isError } from "../ground/error-text.js"

/** The error of a connection that a proxy did not establish. */
export class ProxyFailure extends Error {
  /** The URL of the proxy, without user name and password. */
  readonly proxy: string

  constructor(proxy: URL, cause: Error) {
    // Errors of the package socks contain the password, so they are not kept as `cause`.
    super(reasonOf(cause), isSocksError(cause) ? {} : { cause })
    this.proxy = `${proxy.protocol}//${proxy.host}`
  }
}

/**
 * The codes of failures before a connection through a proxy is established. The proxy causes no later
 * failure.
 */
const beforeConnected =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|UND_ERR_(CONNECT_TIMEOUT|ABORTED|PRX_TLS))$/

/** Returns a {@link ProxyFailure} if the proxy caused the error, otherwise the error itself. */
export function attributeToProxy(proxy: URL | undefined, error: Error): Error {
  const isProxyError = beforeConnected.test(codeOf(error)) || isSocksError(error)
  return proxy && isProxyError ? new ProxyFailure(proxy, error) : error
}

function isSocksError(error: Error): boolean {
  return error.constructor.name === "SocksClientError"
}

function reasonOf(error: Error): string {
  const status = /Proxy response \((\d+)\)/.exec(error.message)?.[1]
  if (status === "407")
    return "the proxy requires a user name and a password: http://user:password@host:port"
  return status === undefined ? error.message || codeOf(error) : `the proxy answered ${status}`
}

function codeOf(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  return isError(inner) ? codeOf(inner) : ""
}
