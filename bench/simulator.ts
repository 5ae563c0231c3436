/**
 * Measures the simulator: updates per second through `getUpdates` (called by this process for 100
 * at a time) and to a webhook over HTTP on up to 100 connections; each update is a message that one
 * of 100 people writes during the measurement. Also measures the time to start a process with a
 * listening simulator (`emptyMs`: an empty process; `leastMs`: the undisturbed minimum). The
 * simulator and the webhook's server are processes of their own. Prints a line of JSON for each.
 *
 * @module
 */
import { type ChildProcess, fork, spawnSync } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Pool } from "undici"

const updates = 20_000
const rounds = 7

interface Started {
  readonly process: ChildProcess
  readonly apiRoot: string
  readonly token: string
}

await measureStart()
await measureGetUpdates()
await measureWebhook()

async function measureStart(): Promise<void> {
  const found: number[] = []
  const empty: number[] = []
  for (let round = 0; round < 3 * rounds; round += 1) {
    const start = performance.now()
    const { process: child } = await simulator()
    found.push(performance.now() - start)
    await end(child)
    const emptyStart = performance.now()
    spawnSync(process.execPath, ["-e", ""])
    empty.push(performance.now() - emptyStart)
  }
  const [ms, emptyMs, leastMs] = [median(found), median(empty), Math.round(Math.min(...found))]
  console.log(JSON.stringify({ name: "simulator start", target: 300, ms, emptyMs, leastMs }))
}

async function measureGetUpdates(): Promise<void> {
  const { process, apiRoot, token } = await simulator()
  const pool = new Pool(apiRoot, { connections: 1 })
  let offset = 0
  const poll = async () => {
    const path = `/bot${token}/getUpdates?timeout=50&offset=${offset}`
    const { body } = await pool.request({ path, method: "GET" })
    // The simulator's answer has this type.
    const { result } = (await body.json()) as { result: { update_id: number }[] }
    offset = (result.at(-1)?.update_id ?? offset - 1) + 1
    return result.length
  }
  const found = []
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    process.send(updates)
    for (let received = 0; received < updates;) received += await poll()
    found.push(updates / ((performance.now() - start) / 1000))
  }
  report("simulator getUpdates", 20_000, found)
  await pool.close()
  await end(process)
}

async function measureWebhook(): Promise<void> {
  const receiver = fork(program("simulator-webhook.js"))
  const [port] = await once(receiver, "message")
  const { process, apiRoot, token } = await simulator()
  const url = `http://127.0.0.1:${port}/hook`
  await fetch(`${apiRoot}/bot${token}/setWebhook?max_connections=100&url=${url}`)
  const found = []
  // The number of connections grows by 20 per second, which takes the first rounds.
  for (let round = -5; round < rounds; round += 1) {
    const start = performance.now()
    const all = once(receiver, "message")
    receiver.send(updates)
    process.send(updates)
    await all
    if (round >= 0) found.push(updates / ((performance.now() - start) / 1000))
  }
  report("simulator webhook", 5000, found)
  await end(process)
  await end(receiver)
}

async function simulator(): Promise<Started> {
  const process = fork(program("simulator-process.js"))
  const [{ apiRoot, token }] = (await once(process, "message")) as [Started] // the first message of the process
  return { process, apiRoot, token }
}

async function end(child: ChildProcess): Promise<void> {
  child.kill()
  await once(child, "exit")
}

function program(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

function report(name: string, target: number, found: readonly number[]): void {
  console.log(JSON.stringify({ name, target, updatesPerSecond: median(found) }))
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)
}
