import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chownSync, existsSync, mkdtempSync, realpathSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import pg from "pg"
import { folderOfRun } from "./folder-of-run.js"
import { freePort } from "./free-port.js"
import { findProgram } from "./real-servers.js"
import { untilTrue } from "./waiting.js"

/** The user of the server if the tests run as root, which the server refuses. */
const unprivileged = { name: "nobody", id: 65_534 }
const isRoot = process.getuid?.() === 0

/** Returns the folder of PostgreSQL's programs; `undefined` if it is not installed. */
export function postgresPrograms(): string | undefined {
  const server = findProgram("postgres")
  // The other programs are next to the real file, not next to a link to it.
  return server === undefined ? undefined : dirname(realpathSync(server))
}

/** A PostgreSQL server of the tests, on a free port of the loopback interface, with fsync on. */
export class PostgresServer implements AsyncDisposable {
  readonly port: number
  readonly folder: string
  readonly #programs: string
  readonly #settings: readonly string[]
  #process: ChildProcess | undefined

  private constructor(programs: string, folder: string, port: number, settings: readonly string[]) {
    this.#programs = programs
    this.folder = folder
    this.port = port
    this.#settings = settings
  }

  /** Creates a server's files and starts the server. */
  static async start(programs: string, settings: readonly string[] = []): Promise<PostgresServer> {
    const folder = emptyFolder()
    const server = new PostgresServer(programs, folder, await freePort(), settings)
    try {
      server.#createFiles()
      await server.start()
      return server
    } catch (error) {
      await server[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Returns a running standby of this server. */
  async standby(): Promise<PostgresServer> {
    const folder = emptyFolder()
    const standby = new PostgresServer(this.#programs, folder, await freePort(), this.#settings)
    const from = ["-h", "127.0.0.1", "-p", `${this.port}`, "-U", "postgres"]
    standby.#run("pg_basebackup", [...from, "-D", folder, "-R", "-X", "stream", "-c", "fast"])
    await standby.start()
    return standby
  }

  /** The URL of the server. */
  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`
  }

  /** Starts the server. Resolves when it accepts connections. */
  async start(settingsOfNow: readonly string[] = []): Promise<void> {
    const options = { port: this.port, listen_addresses: "127.0.0.1", unix_socket_directories: "" }
    const settings = Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`])
    const more = [...this.#settings, ...settingsOfNow].flatMap((setting) => ["-c", setting])
    const [file, ...args] = this.#command("postgres", ["-D", this.folder, ...settings, ...more])
    const child = spawn(file, args, { stdio: "ignore", cwd: tmpdir() })
    this.#process = child
    await untilTrue(() => child.exitCode !== null || this.#answers())
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}`)
  }

  /** Stops the server: `fast` as by an operator, `immediate` as in a crash. */
  async stop(mode: "fast" | "immediate" = "fast"): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    this.#run("pg_ctl", ["stop", "-D", this.folder, "-m", mode, "-w"])
    await ended
  }

  /** Stops all processes of the server where they are, as a virtual machine that is suspended. */
  freeze(): void {
    // The server first, so that it starts no other process.
    for (const pid of this.#pids()) process.kill(pid, "SIGSTOP")
  }

  /** Lets a frozen server go on. */
  thaw(): void {
    for (const pid of this.#pids().toReversed()) process.kill(pid, "SIGCONT")
  }

  /** Promotes a standby to the primary server. */
  promote(): void {
    this.#run("pg_ctl", ["promote", "-D", this.folder, "-w"])
  }

  /** Runs a query over a connection of its own. */
  async ask<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client(this.url)
    client.on("error", () => {})
    await client.connect()
    try {
      return (await client.query<Row>(sql, values)).rows
    } finally {
      await client.end()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("immediate")
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #answers(): Promise<boolean> {
    try {
      await this.ask("SELECT 1")
      return true
    } catch {
      return false
    }
  }

  /** Creates the files of an empty server: `initdb` runs once per run of the tests. */
  #createFiles(): void {
    const shared = folderOfRun()
    if (shared === undefined) return this.#initialize(this.folder)
    const files = join(shared, "postgres")
    if (!existsSync(files)) this.#share(files)
    execFileSync("cp", ["-a", `${files}/.`, this.folder])
  }

  /** Initializes files and moves them to the given path, unless another test file has been faster. */
  #share(path: string): void {
    const folder = emptyFolder()
    this.#initialize(folder)
    try {
      renameSync(folder, path)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      if (!existsSync(path)) throw error
    }
  }

  #initialize(folder: string): void {
    this.#run("initdb", ["-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"])
  }

  /** Returns the id of the server's process, and those of its children. */
  #pids(): number[] {
    const pid = this.#process?.pid
    if (pid === undefined) return []
    const listed = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    const all = listed.split("\n").map((line) => line.trim().split(/ +/).map(Number))
    return [pid, ...all.flatMap(([id = 0, parent]) => (parent === pid ? [id] : []))]
  }

  #run(program: string, args: readonly string[]): void {
    const [file, ...rest] = this.#command(program, args)
    execFileSync(file, rest, { stdio: ["ignore", "ignore", "pipe"], cwd: tmpdir() })
  }

  #command(program: string, args: readonly string[]): [string, ...string[]] {
    const path = join(this.#programs, program)
    return isRoot ? ["setpriv", ...asNobody, path, ...args] : [path, ...args]
  }
}

const asNobody = [
  `--reuid=${unprivileged.id}`,
  `--regid=${unprivileged.id}`,
  "--clear-groups",
  "--",
]

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sounder-postgres-"))
  if (isRoot) chownSync(folder, unprivileged.id, unprivileged.id)
  return folder
}
