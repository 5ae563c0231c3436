/**
 * A minimal Bot API server for polling, in a process of its own, with Telegram's rules of
 * `getUpdates`: at most a hundred updates from the offset on, and a single update for a repeated
 * offset within half a second. It prints its port, then serves until it is killed.
 *
 * Argument: a `Workload` as JSON.
 */
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { plan, type Workload } from "./workload.js"

// The bench passes a workload.
const workload = JSON.parse(process.argv[2] ?? "") as Workload
const updates = plan(workload).map(({ chat, workMs, dueMs }, index) => ({
  chat,
  workMs,
  dueMs,
  index,
}))
/** The id of the first update. */
const firstId = 500_000_000
let beganAt: number | undefined
let head = 0
let last = { offset: -1, at: -1000 }
let waiting: { response: ServerResponse; timer: NodeJS.Timeout } | undefined

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString()
    const isUpdates = /getUpdates/i.test(request.url ?? "")
    if (isUpdates) getUpdates(paramsOf(request.url ?? "", body), response)
    else answer(response, JSON.stringify(resultOf(request.url ?? "")))
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => {
  // A server that listens on a port has an address of this type.
  console.log((server.address() as AddressInfo).port)
})

function resultOf(url: string): unknown {
  if (/getMe/i.test(url)) return { id: 42, is_bot: true, first_name: "B", username: "bench_bot" }
  return /getWebhookInfo/i.test(url) ? { url: "", pending_update_count: pendingCount() } : true
}

function pendingCount(): number {
  const nowMs = performance.now() - (beganAt ?? performance.now())
  return updates.filter(({ dueMs }, index) => index >= head && dueMs <= nowMs).length
}

/** Parses the parameters, which the peers send as JSON, in the query or as a form. */
function paramsOf(url: string, body: string): Record<string, number> {
  const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : ""
  const parameters: Record<string, unknown> = body.startsWith("{")
    ? JSON.parse(body)
    : Object.fromEntries(new URLSearchParams(body || query))
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, Number(value)]),
  )
}

function getUpdates(
  { offset = 0, limit = 100, timeout = 0 }: Record<string, number>,
  response: ServerResponse,
) {
  const now = performance.now()
  beganAt ??= now
  const isSame = last.offset === offset && now - last.at < 500
  last = { offset, at: now }
  if (offset > 0) head = Math.max(head, offset - firstId)
  const count = isSame ? 1 : Math.min(100, limit || 100)
  const found = available(count)
  if (found.length > 0 || timeout === 0) answer(response, `[${found.join(",")}]`)
  else hold(response, count, timeout)
}

function hold(response: ServerResponse, count: number, timeout: number): void {
  const nextMs = updates[head]?.dueMs
  const due = nextMs === undefined ? Infinity : (beganAt ?? 0) + nextMs - performance.now()
  const timer = setTimeout(
    () => answer(response, `[${available(count).join(",")}]`),
    Math.max(1, Math.min(due, timeout * 1000)),
  )
  waiting = { response, timer }
  response.on("close", () => waiting?.response === response && clearTimeout(timer))
}

function available(count: number): string[] {
  const nowMs = performance.now() - (beganAt ?? 0)
  const found: string[] = []
  for (let at = head; at < updates.length && found.length < count; at += 1) {
    const update = updates[at]
    if (!update || update.dueMs > nowMs) break
    found.push(jsonOf(update))
  }
  return found
}

function jsonOf({ chat, workMs, dueMs, index }: (typeof updates)[number]): string {
  const at = performance.timeOrigin + (beganAt ?? 0) + dueMs
  return JSON.stringify({
    update_id: firstId + index,
    message: {
      message_id: index + 1,
      date: 1_790_000_000,
      chat: { id: chat, type: "private", first_name: "Ada", username: "ada_lovelace" },
      from: {
        id: chat,
        is_bot: false,
        first_name: "Ada",
        username: "ada_lovelace",
        language_code: "en",
      },
      text: `${workMs} ${at.toFixed(2)} ${"lorem ipsum dolor sit amet ".repeat(4)}`,
    },
  })
}

function answer(response: ServerResponse, result: string): void {
  response.setHeader("content-type", "application/json")
  response.end(`{"ok":true,"result":${result}}`)
}
