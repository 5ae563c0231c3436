/**
 * How a bot's requests reach a server: plain values in, plain values out. A transport knows nothing
 * of Telegram, follows no redirect and repeats no request.
 *
 * @module
 */

/** One request. */
export interface TransportRequest {
  /** The whole address. */
  readonly url: string
  /** The verb. */
  readonly method: "GET" | "POST"
  /** Header fields, their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What is sent: a text, or pieces that are asked for as they can be sent. */
  readonly body?: string | AsyncIterable<Uint8Array> | undefined
  /** An abort ends the request at once, and the promise rejects. */
  readonly signal: AbortSignal
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
   * piece. Ending its iteration early closes the connection. The signal stays in force.
   */
  open(request: TransportRequest): Promise<TransportResponse<AsyncIterable<Uint8Array>>>
}
