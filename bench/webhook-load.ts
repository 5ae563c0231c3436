/**
 * A load for the servers of `webhook-servers.ts`: updates over 40 keep-alive connections, one request
 * at a time over each.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { fileURLToPath } from "node:url"

const connections = 40
const updates = 10_000
const rounds = 15

/** A server in a process of its own, and the connections to it. */
export interface Server {
  readonly process: ChildProcess
  readonly sockets: readonly Socket[]
  /** The id of the next update; ids have no gaps. */
  nextId: number
}

/** The results of a server under one load. */
export interface Round {
  readonly perSecond: number
  readonly cpuUs: number
}

/** Loads two servers, alternating, after a warm-up. */
export async function compare(
  one: Server,
  other: Server,
): Promise<{ readonly one: Round; readonly other: Round }[]> {
  for (let round = 0; round < 3; round += 1) {
    await measure(one)
    await measure(other)
  }
  const found: { one: Round; other: Round }[] = []
  for (let round = 0; round < rounds; round += 1) {
    // The order alternates, so that neither profits from its position.
    const first = await measure(round % 2 === 0 ? one : other)
    const second = await measure(round % 2 === 0 ? other : one)
    found.push(round % 2 === 0 ? { one: first, other: second } : { one: second, other: first })
  }
  return found
}

/** Ends servers. */
export function end(...servers: readonly Server[]): void {
  for (const { process, sockets } of servers) {
    for (const socket of sockets) socket.destroy()
    process.disconnect()
  }
}

/** Starts a server of `webhook-servers.ts` by its name. */
export async function serverOf(name: string): Promise<Server> {
  const child = fork(fileURLToPath(new URL("webhook-servers.js", import.meta.url)), [name])
  const [{ port }] = (await once(child, "message")) as [{ port: number }] // what it sends first
  const sockets = Array.from({ length: connections }, () => connect(port, "127.0.0.1"))
  await Promise.all(sockets.map((socket) => once(socket.setNoDelay(), "connect")))
  return { process: child, sockets, nextId: 1 }
}

async function measure(server: Server): Promise<Round> {
  const cpuBefore = await cpuOf(server)
  const start = performance.now()
  await sendAll(server)
  const perSecond = updates / ((performance.now() - start) / 1000)
  return { perSecond, cpuUs: ((await cpuOf(server)) - cpuBefore) / updates }
}

async function cpuOf({ process }: Server): Promise<number> {
  process.send("cpu")
  const [{ cpuUs }] = (await once(process, "message")) as [{ cpuUs: number }] // its only answer
  return cpuUs
}

/** Sends requests, one at a time over each connection, until all are answered. */
function sendAll(server: Server): Promise<void> {
  const { sockets } = server
  let remaining = updates
  let unanswered = updates
  return new Promise((resolve, reject) => {
    for (const [index, socket] of sockets.entries()) {
      socket.removeAllListeners("data").on("data", (answer: Buffer) => {
        if (!answer.includes("HTTP/1.1 200")) reject(new Error(answer.toString()))
        unanswered -= 1
        if (unanswered === 0) resolve()
        else if (remaining-- > 0) socket.write(request(index, server.nextId++))
      })
      if (remaining-- > 0) socket.write(request(index, server.nextId++))
    }
  })
}

function request(chat: number, id: number): string {
  const isCommand = id % 2 === 0
  const from = `{"id":${chat + 1},"is_bot":false,"first_name":"Ada","username":"ada","language_code":"en"}`
  const to = `{"id":${chat + 1},"first_name":"Ada","username":"ada","type":"private"}`
  const entities = isCommand ? ',"entities":[{"offset":0,"length":6,"type":"bot_command"}]' : ""
  const text = isCommand ? "/start" : "Hello, this is a text of the usual length."
  const body =
    `{"update_id":${id},\n"message":{"message_id":${id},"from":${from},"chat":${to},` +
    `"date":1790000000,"text":"${text}"${entities}}}`
  return (
    "POST /hook HTTP/1.1\r\nHost: example.com:8443\r\n" +
    "X-Telegram-Bot-Api-Secret-Token: bench-bench-bench-bench-bench-bench-bench-b\r\n" +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
    `Connection: keep-alive\r\nAccept-Encoding: gzip, deflate\r\n\r\n${body}`
  )
}

/** Returns the median. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return Number((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(3))
}
