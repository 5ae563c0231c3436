/**
 * Opens the queue of a test's program.
 *
 * @param store the path of a SQLite file, or the URL of a database with the parameter `schema`
 * @param options further options of a PostgresQueue
 */
export async function openQueue(store, options = {}) {
  if (!isDatabase(store)) {
    const { SqliteQueue } = await import("sounder/sqlite")
    return new SqliteQueue({ path: store })
  }
  const { PostgresQueue } = await import("sounder/postgres")
  return new PostgresQueue({ ...(await databaseOf(store)), migrate: true, ...options })
}

/** Opens the lock with which one of the processes polls; `undefined` for a SQLite file, which has one process. */
export async function openLock(store) {
  if (!isDatabase(store)) return undefined
  const { PostgresLock } = await import("sounder/postgres")
  const { pool } = await databaseOf(store)
  return new PostgresLock({ pool })
}

const isDatabase = (store) => store.startsWith("postgres")

async function databaseOf(store) {
  const { default: pg } = await import("pg")
  const url = new URL(store)
  const schema = url.searchParams.get("schema")
  url.searchParams.delete("schema")
  return { pool: new pg.Pool({ connectionString: url.href }), schema }
}
