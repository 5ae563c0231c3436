/**
 * The interface between a bot and the network. A transport knows nothing about Telegram, follows no
 * redirects and repeats no requests.
 *
 * @module
 */

/** One request. */
export interface TransportRequest {
  /** The scheme, host and port of the server. */
  readonly origin: string
  /** The path and query, percent-encoded. */
  readonly path: string
  /** The HTTP method. */
  readonly method: "GET" | "POST"
  /** Header fields, their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body: a string, or chunks that are read as fast as they can be sent. */
  readonly body?: string | AsyncIterable<Uint8Array> | undefined
  /** The source of an abort of the request. */
  readonly abort: RequestAbort
}

/**
 * The source of an abort. After an abort the request ends at once, its connection is closed, and its
 * promise rejects. Transports that do not need a signal avoid the cost of an `AbortController`.
 */
export interface RequestAbort {
  /** A signal that aborts; created at the first use. */
  readonly signal: AbortSignal
  /** Whether the request has been aborted. */
  readonly isAborted: boolean
  /** Calls the listener at the abort; at once if the request has already been aborted. */
  onAbort(listener: () => void): void
}

/** An answer with any status. */
export interface TransportResponse<Body> {
  /** The HTTP status. */
  readonly status: number
  /** Header fields, their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body. */
  readonly body: Body
}

/** A sender of requests, which owns their connections. */
export interface Transport extends AsyncDisposable {
  /** Sends a request and receives the whole answer as a string. */
  send(request: TransportRequest): Promise<TransportResponse<string>>
  /**
   * Sends a request and resolves when the status and headers of the answer have arrived. The body arrives
   * in chunks, and `abort` stays in force until its end.
   */
  open(request: TransportRequest): Promise<TransportResponse<AsyncIterable<Uint8Array>>>
}
