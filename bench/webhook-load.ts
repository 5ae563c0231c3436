/**
 * A load for the servers of `webhook-servers.ts` and `many-bots/server.ts`: updates over 40 keep-alive
 * connections, one request at a time over each.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { fileURLToPath } from "node:url"

const connections = 40
const updates = 10_000
/** The secret of the servers of `webhook-servers.ts`. */
const secretToken = "bench-bench-bench-bench-bench-bench-bench-b"

/** The path and the secret of a webhook. */
export interface Target {
  readonly path: string
  readonly secretToken: string
}

/** A server in a process of its own, and the connections to it. */
export interface Server {
  readonly process: ChildProcess
  readonly sockets: readonly Socket[]
  /** Returns the webhook that gets an update. */
  readonly targetOf: (updateId: number) => Target
  /** The id of the next update; ids have no gaps. */
  nextId: number
}

/** The results of a server under one load. */
export interface Round {
  readonly perSecond: number
  readonly cpuUs: number
  /** The RSS at the end of the load, in megabytes; `undefined` if the server does not report it. */
  readonly rssMb: number | undefined
  /** The 99th percentile of the times from a request to its answer, in milliseconds. */
  readonly answerMs: number
}

/** Loads two servers, alternating, after a warm-up. */
export async function compare(
  one: Server,
  other: Server,
): Promise<{ readonly one: Round; readonly other: Round }[]> {
  const [ofOne = [], ofOther = []] = await compareAll([one, other])
  return ofOne.flatMap((round, index) => {
    const second = ofOther[index]
    return second ? [{ one: round, other: second }] : []
  })
}

/** Loads servers in turns, after a warm-up. Resolves with the rounds of each server. */
export async function compareAll(servers: readonly Server[], rounds = 15): Promise<Round[][]> {
  for (let round = 0; round < 3; round += 1) {
    for (const server of servers) await measure(server)
  }
  const found = servers.map((): Round[] => [])
  for (let round = 0; round < rounds; round += 1) {
    // The first server changes, so that none profits from its position.
    for (let turn = 0; turn < servers.length; turn += 1) {
      const index = (round + turn) % servers.length
      const server = servers[index]
      if (server) found[index]?.push(await measure(server))
    }
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
  return connected(child, () => ({ path: "/hook", secretToken }))
}

/** Opens the connections to the server of a process that has just been started. */
export async function connected(
  child: ChildProcess,
  targetOf: (updateId: number) => Target,
): Promise<Server> {
  const [{ port }] = (await once(child, "message")) as [{ port: number }] // the first message of the process
  const sockets = Array.from({ length: connections }, () => connect(port, "127.0.0.1"))
  await Promise.all(sockets.map((socket) => once(socket.setNoDelay(), "connect")))
  return { process: child, sockets, targetOf, nextId: 1 }
}

async function measure(server: Server): Promise<Round> {
  const { cpuUs: cpuBefore } = await usageOf(server)
  const start = performance.now()
  const answerTimes = await sendAll(server)
  const perSecond = updates / ((performance.now() - start) / 1000)
  const { cpuUs, rssMb } = await usageOf(server)
  const answerMs = answerTimes.toSorted()[Math.floor(updates * 0.99)] ?? Number.NaN
  return { perSecond, cpuUs: (cpuUs - cpuBefore) / updates, rssMb, answerMs }
}

/** Returns the CPU time of a server so far, and its RSS if the server reports it. */
async function usageOf({ process }: Server): Promise<{ cpuUs: number; rssMb?: number }> {
  process.send("usage")
  // The answer of the server's process, which sends nothing else.
  const [usage] = (await once(process, "message")) as [{ cpuUs: number; rssMb?: number }]
  return usage
}

/**
 * Sends requests, one at a time over each connection, until all are answered. Resolves with the times from each
 * request to its answer, in milliseconds.
 */
function sendAll(server: Server): Promise<Float64Array> {
  const { sockets, targetOf } = server
  const times = new Float64Array(updates)
  const sentAt = new Float64Array(sockets.length)
  const write = (socket: Socket, index: number) => {
    const id = server.nextId++
    sentAt[index] = performance.now()
    socket.write(request(index, id, targetOf(id)))
  }
  let remaining = updates
  let unanswered = updates
  return new Promise((resolve, reject) => {
    for (const [index, socket] of sockets.entries()) {
      socket.removeAllListeners("data").on("data", (answer: Buffer) => {
        if (!answer.includes("HTTP/1.1 200")) reject(new Error(answer.toString()))
        unanswered -= 1
        times[unanswered] = performance.now() - (sentAt[index] ?? Number.NaN)
        if (unanswered === 0) resolve(times)
        else if (remaining-- > 0) write(socket, index)
      })
      if (remaining-- > 0) write(socket, index)
    }
  })
}

function request(chat: number, id: number, { path, secretToken: secret }: Target): string {
  const isCommand = id % 2 === 0
  const from = `{"id":${chat + 1},"is_bot":false,"first_name":"Ada","username":"ada","language_code":"en"}`
  const to = `{"id":${chat + 1},"first_name":"Ada","username":"ada","type":"private"}`
  const entities = isCommand ? ',"entities":[{"offset":0,"length":6,"type":"bot_command"}]' : ""
  const text = isCommand ? "/start" : "Hello, this is a text of the usual length."
  const body =
    `{"update_id":${id},\n"message":{"message_id":${id},"from":${from},"chat":${to},` +
    `"date":1790000000,"text":"${text}"${entities}}}`
  return (
    `POST ${path} HTTP/1.1\r\nHost: example.com:8443\r\n` +
    `X-Telegram-Bot-Api-Secret-Token: ${secret}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
    `Connection: keep-alive\r\nAccept-Encoding: gzip, deflate\r\n\r\n${body}`
  )
}

/** Returns the median. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return Number((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(3))
}
