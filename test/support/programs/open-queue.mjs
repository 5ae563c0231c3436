/**
 * Opens the queue of a test's program.
 *
 * @param store the path of a SQLite file, or the URL of a database with the parameter `schema`
 * @param options further options of a PostgresQueue
 */
export async function openQueue(store, options = {}) {
  if (!store.startsWith("postgres")) {
    const { SqliteQueue } = await import("sounder/sqlite")
    return new SqliteQueue({ path: store })
  }
  const [{ PostgresQueue }, { default: pg }] = await Promise.all([
    import("sounder/postgres"),
    import("pg"),
  ])
  const url = new URL(store)
  const schema = url.searchParams.get("schema")
  url.searchParams.delete("schema")
  const pool = new pg.Pool({ connectionString: url.href })
  return new PostgresQueue({ pool, schema, migrate: true, ...options })
}
