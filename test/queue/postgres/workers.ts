import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect } from "vitest"
import type { PostgresServer } from "../../support/postgres-server.js"

const program = fileURLToPath(new URL("programs/worker.mjs", import.meta.url))

/** The work of several workers, side by side. */
export interface Workload {
  /** The URL of the database, or of a proxy before it. */
  readonly url: string
  readonly schema: string
  readonly updates: number
  readonly chats: number
  /** The duration of a handler, in milliseconds. */
  readonly handlerMs: number
  readonly leaseMs: number
}

/** The occurrence of a step at which a worker kills itself. */
export interface KillAt {
  readonly step: string
  readonly time: number
}

/** A journal entry of a worker: `started 7 2 b` is update 7, attempt 2, by worker b. */
interface Entry {
  readonly event: string
  readonly id: number
  readonly more: string
  readonly name: string
}

let names = 0

/** Starts a worker. */
export function startWorker(workload: Workload, killAt?: KillAt): ChildProcess {
  const journal = journalOf(workload)
  const name = `w${++names}`
  const args = [program, JSON.stringify({ ...workload, journal, name, killAt })]
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
}

/** Waits until the worker has started, or has ended. */
export async function opened(worker: ChildProcess): Promise<void> {
  const { stdout } = worker
  if (stdout) await Promise.race([once(stdout, "data"), once(stdout, "close")])
}

/** Waits for the end of a worker. Returns the signal or the exit code. */
export async function ended(worker: ChildProcess): Promise<string | null> {
  worker.stdout?.resume()
  // The arguments of `exit` are the code and the signal.
  const [code, signal] = (await once(worker, "exit")) as [number | null, string | null]
  if (code !== null && code !== 0) throw new Error(`The worker ended with ${code}`)
  return signal
}

/** Lets a worker finish all updates, and checks the journals and the database. */
export async function finishAndCheck(workload: Workload, server: PostgresServer): Promise<void> {
  await ended(startWorker(workload))
  expectNothingLost(readJournal(workload), workload)
  rmSync(journalOf(workload))
  const rows = await server.ask<{ id: number }>(
    `SELECT id FROM ${workload.schema}.mine ORDER BY id`,
  )
  // A value written together with the end of its update exists exactly once.
  const written = Array.from({ length: Math.floor(workload.updates / 4) }, (_, n) => (n + 1) * 4)
  expect(rows.map(({ id }) => id)).toEqual(written)
  await expectCounted(workload, server)
}

/**
 * Checks that each finished update counts once in its lane, and every third once in all lanes
 * together.
 */
async function expectCounted({ schema, updates, chats }: Workload, server: PostgresServer) {
  const expected = new Map<string, number>()
  const add = (key: string) => expected.set(key, (expected.get(key) ?? 0) + 1)
  for (let id = 1; id <= updates; id++) {
    if (id % 5 === 0 && id % 4 !== 0) continue
    add(`${id % chats}`)
    if (id % 3 === 0) add("all")
  }
  const rows = await server.ask<{ key: string; json: string }>(
    `SELECT key, json FROM ${schema}.state ORDER BY key`,
  )
  const counted = new Map(rows.map(({ key, json }) => [key, Number(json)]))
  expect(counted).toEqual(expected)
}

/**
 * Checks that no update is lost or out of order, and that only updates were handled twice whose worker had died
 * or lost its lease meanwhile.
 */
function expectNothingLost(entries: readonly Entry[], { updates, chats }: Workload): void {
  const started = entries.filter(({ event }) => event === "started")
  const all = Array.from({ length: updates }, (_, index) => index + 1)
  expect([...new Set(started.map(({ id }) => id))].toSorted((a, b) => a - b)).toEqual(all)
  for (let chat = 0; chat < chats; chat++) {
    const ids = started.filter(({ id }) => id % chats === chat).map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted((one, other) => one - other))
  }
  for (const id of all) {
    const own = entries.filter((entry) => entry.id === id)
    const handled = own.findIndex(({ event }) => event === "handled")
    const after = handled < 0 ? [] : own.slice(handled)
    expect(after.filter(({ event }) => event === "started")).toEqual([])
  }
}

function readJournal(workload: Workload): Entry[] {
  const path = journalOf(workload)
  const text = existsSync(path) ? readFileSync(path, "utf8") : ""
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [event = "", id, more = "", name = ""] = line.split(" ")
      return { event, id: Number(id), more, name }
    })
}

function journalOf({ schema }: Workload): string {
  return join(tmpdir(), `sounder-${process.pid}-${schema}.journal`)
}
