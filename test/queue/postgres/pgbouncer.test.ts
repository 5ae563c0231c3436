import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import pg from "pg"
import { afterAll, beforeAll, describe, test } from "vitest"
import { updateQueueBehaviours } from "../../../src/testing/index.js"
import { freePort } from "../../support/free-port.js"
import { findProgram, onlyWith } from "../../support/real-servers.js"
import { untilTrue } from "../../support/waiting.js"
import { stageOfFile } from "../../support/postgres-stage.js"

const program = findProgram("pgbouncer")
const capacity = 150

describe(
  "PostgresQueue behind a pgbouncer that lends a connection for a transaction",
  onlyWith("postgres", "pgbouncer"),
  () => {
    const stage = stageOfFile()
    const folder = mkdtempSync(join(tmpdir(), "sounder-pgbouncer-"))
    let child: ChildProcess
    let pool: pg.Pool

    beforeAll(async () => {
      const port = await freePort()
      const file = join(folder, "pgbouncer.ini")
      // Fewer connections than the queue has, so that none can have session state.
      const configuration = `
[databases]
postgres = host=127.0.0.1 port=${stage.server.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
`
      writeFileSync(file, configuration)
      chmodSync(folder, 0o755)
      const asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", program ?? ""]
      const isRoot = process.getuid?.() === 0
      const [command, ...args] = isRoot ? ["setpriv", ...asNobody, file] : [program ?? "", file]
      child = spawn(command ?? "", args, { stdio: "ignore", cwd: folder })
      pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres" })
      await untilTrue(() =>
        pool.query("SELECT 1").then(
          () => true,
          () => false,
        ),
      )
    })

    afterAll(async () => {
      await pool?.end()
      const ended = once(child, "exit")
      child?.kill("SIGKILL")
      await ended
      rmSync(folder, { recursive: true, force: true })
    })

    const open = () => stage.open({ pool, capacity })
    const behaviours = updateQueueBehaviours(open, {
      capacity,
      isDurable: true,
      hasState: true,
      hasTimers: true,
      hasRecords: true,
    })
    for (const { name, run } of behaviours) test(name, run)
  },
)
