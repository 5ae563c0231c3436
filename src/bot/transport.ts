/**
 * How a bot's requests reach a server: plain values in, plain values out. A transport knows nothing
 * of Telegram, follows no redirect and repeats no request.
 *
 * @module
 */

/** One request. */
export interface TransportRequest {
  /** The server: scheme, host and port. */
  readonly origin: string
  /** What is asked for there, as it is sent. */
  readonly path: string
  /** The verb. */
  readonly method: "GET" | "POST"
  /** Header fields, their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What is sent: a text, or pieces that are asked for as they can be sent. */
  readonly body?: string | AsyncIterable<Uint8Array> | undefined
  /** When it has to end. */
  readonly abort: RequestAbort
}

/**
 * Says that a request is no longer wanted: it then ends at once, its connection is closed, and its
 * promise rejects. Cheaper than a signal for the transports that need none.
 */
export interface RequestAbort {
  /** A signal that is aborted then; made when it is first asked for. */
  readonly signal: AbortSignal
  /** Whether that has happened. */
  readonly isAborted: boolean
  /** Calls the listener when it happens, at once if it has already. */
  onAbort(listener: () => void): void
}

/** What was answered, whatever the status. */
export interface TransportResponse<Body> {
  /** The HTTP status. */
  readonly status: number
  /** Header fields, their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** What was received. */
  readonly body: Body
}

/** Sends requests, and owns the connections for it. */
export interface Transport extends AsyncDisposable {
  /** Sends a request and receives the whole answer as a text. */
  send(request: TransportRequest): Promise<TransportResponse<string>>
  /**
   * Sends a request and resolves when the head of the answer is there; the body comes piece by
   * piece, and `abort` stays in force until its end.
   */
  open(request: TransportRequest): Promise<TransportResponse<AsyncIterable<Uint8Array>>>
}
