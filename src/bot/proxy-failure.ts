import { isError } from "../ground/error-text.js"

/** A proxy on the way to the Bot API did not let a connection through. */
export class ProxyFailure extends Error {
  /** The proxy, without user and password. */
  readonly proxy: string

  constructor(proxy: URL, cause: Error) {
    // An error of the package socks holds the password.
    super(reasonOf(cause), isOfSocks(cause) ? {} : { cause })
    this.proxy = `${proxy.protocol}//${proxy.host}`
  }
}

/** What fails before a connection through a proxy stands; later failures are those of any connection. */
const beforeConnected =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|UND_ERR_(CONNECT_TIMEOUT|ABORTED|PRX_TLS))$/

/** Returns the error as one of the proxy where it is the proxy's. */
export function throughProxy(proxy: URL | undefined, error: Error): Error {
  const isItsFault = beforeConnected.test(codeOf(error)) || isOfSocks(error)
  return proxy && isItsFault ? new ProxyFailure(proxy, error) : error
}

function isOfSocks(error: Error): boolean {
  return error.constructor.name === "SocksClientError"
}

function reasonOf(error: Error): string {
  const status = /Proxy response \((\d+)\)/.exec(error.message)?.[1]
  if (status === "407") return "it asks for a user and a password: http://user:password@host:port"
  return status === undefined ? error.message || codeOf(error) : `it answered ${status}`
}

function codeOf(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  return isError(inner) ? codeOf(inner) : ""
}
