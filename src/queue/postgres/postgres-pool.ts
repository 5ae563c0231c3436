/** What a query answers, as far as the queue reads it. */
export interface PostgresResult {
  /** The rows, each an object by column. */
  readonly rows: readonly unknown[]
}

/** One connection of a {@link PostgresPool}: what the queue needs of a `PoolClient` of `pg`. */
export interface PostgresClient {
  /** Sends a statement and resolves with its answer. */
  query(text: string, values?: unknown[]): Promise<PostgresResult>
  /** Gives the connection back; with `true` or an error it is closed instead. */
  release(destroy?: Error | boolean): void
  /** Listens to what the connection tells by itself. */
  on(event: "error", listener: (error: Error) => void): unknown
  on(event: "notification", listener: (notification: unknown) => void): unknown
  on(event: "end", listener: () => void): unknown
  /** Listens no more. */
  removeListener(event: string, listener: (error: Error) => void): unknown
}

/** Where connections come from: what the queue needs of a `Pool` of `pg`. It is never ended. */
export interface PostgresPool {
  /** Lends a connection. */
  connect(): Promise<PostgresClient>
  /** How many connections it opens at most. */
  readonly options?: { readonly max?: number | undefined }
  /** Listens to connections that are lost while nobody uses them. */
  on(event: "error", listener: (error: Error) => void): unknown
}
