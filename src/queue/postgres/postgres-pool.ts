/** The part of a query's result that the queue reads. */
export interface PostgresResult {
  /** The rows, each an object with a property for each column. */
  readonly rows: readonly unknown[]
}

/** A connection of a {@link PostgresPool}: the part of a `PoolClient` of `pg` that the queue needs. */
export interface PostgresClient {
  /** Sends a statement and resolves with its result. */
  query(text: string, values?: unknown[]): Promise<PostgresResult>
  /** Gives the connection back to the pool. With `true` or an error the pool closes the connection. */
  release(destroy?: Error | boolean): void
  /** Adds a listener for an event of the connection. */
  on(event: "error", listener: (error: Error) => void): unknown
  on(event: "notification", listener: (notification: unknown) => void): unknown
  on(event: "end", listener: () => void): unknown
  /** Removes a listener. */
  removeListener(event: string, listener: (error: Error) => void): unknown
}

/**
 * A pool of connections: the part of a `Pool` of `pg` that the queue needs. The queue never ends the
 * pool.
 */
export interface PostgresPool {
  /** Lends a connection. */
  connect(): Promise<PostgresClient>
  /** The options of the pool; `max` is the maximum number of connections that the pool opens. */
  readonly options?: { readonly max?: number | undefined }
  /** Adds a listener for errors of idle connections. */
  on(event: "error", listener: (error: Error) => void): unknown
}
