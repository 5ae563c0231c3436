import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { Fleet } from "../../src/fleet/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { RawClient, requestText } from "../support/raw-client.js"

const tokenOf = (botId: number) => `${botId}:${"A".repeat(35)}`
/** A bot of the fleet, and the id of none. */
const [known, removed, unknown] = [1_001, 1_002, 1_003]
/** The secret of another bot. */
const foreign = deriveSecretToken(tokenOf(1_004))
const body = '{"update_id":1}'

let port = 0

const open = () => RawClient.open({ host: "127.0.0.1", port })

const fleet = new Fleet({ logger: silentLogger })
afterAll(() => fleet[Symbol.asyncDispose]())
beforeAll(async () => {
  await fleet.add(tokenOf(known))
  await fleet.add(tokenOf(removed))
  const server = new WebhookServer({ port: 0 })
  await fleet.startWebhook({ server, urlPath: "/bots" })
  await fleet.remove(removed)
  port = server.address?.port ?? 0
})

/** Requests by a client that knows no secret, as functions of the path. */
const requests: Record<string, (path: string) => string> = {
  "without a secret": (path) =>
    requestText(body, { path, headers: { "X-Telegram-Bot-Api-Secret-Token": null } }),
  "with another secret": (path) => asking(path, foreign),
  "with a short secret": (path) => asking(path, "a"),
  "with a query": (path) => asking(`${path}?a=b`, foreign),
  "by GET": (path) => requestText("", { method: "GET", path }),
  "by PUT": (path) => requestText(body, { method: "PUT", path }),
  "with another content type": (path) =>
    asking(path, foreign, { "Content-Type": "text/plain", "Content-Encoding": "gzip" }),
  "with a body that is announced": (path) => asking(path, foreign, { Expect: "100-continue" }),
  "with a body of two megabytes": (path) =>
    asking(path, foreign, { "Content-Length": "2000000" }).slice(0, -body.length),
  "in another form": (path) => asking(path, foreign, { "X-Other": "1" }),
}

function asking(path: string, secret: string, headers: Record<string, string> = {}): string {
  return requestText(body, {
    path,
    headers: { "X-Telegram-Bot-Api-Secret-Token": secret, ...headers },
  })
}

describe("a client without the secret gets the same answers for every id", () => {
  test.each(Object.entries(requests))("%s", async (_, request) => {
    const [first, ...others] = await Promise.all(
      [known, removed, unknown].map((botId) => observe(request(`/bots/${botId}`))),
    )
    expect(first?.status).toBeGreaterThanOrEqual(400)
    for (const other of others) expect(other).toEqual(first)
  })
})

/** Resolves with the answer to a request, and the state of the connection afterwards. */
async function observe(request: string) {
  const client = await open()
  onTestFinished(() => client.destroy())
  client.send(request)
  const { headers, ...answer } = await client.answer()
  const { date: _, ...others } = headers
  if (headers["connection"] === "close") await client.closed()
  else {
    client.send(requestText(body, { path: "/nothing" }))
    expect((await client.answer()).status).toBe(404)
  }
  return { ...answer, headers: others, isClosed: client.isClosed }
}

test("the bot of the fleet answers the right secret", async () => {
  const client = await open()
  onTestFinished(() => client.destroy())
  client.send(asking(`/bots/${known}`, deriveSecretToken(tokenOf(known))))
  expect((await client.answer()).status).toBe(200)
})

test("100,000 requests take the same time for a bot of the fleet and for none", async () => {
  const client = await open()
  onTestFinished(() => client.destroy())
  const [forKnown, forUnknown] = [known, unknown].map((botId) => asking(`/bots/${botId}`, foreign))
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < 50_000; round += 1) {
    // The first request of a pair alternates, because the second one finds warm caches.
    for (const kind of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const began = performance.now()
      client.send((kind === 0 ? forKnown : forUnknown) ?? "")
      await client.answer()
      times[kind].push(performance.now() - began)
    }
  }
  const [ofKnown, ofUnknown] = times.map(median)
  expect((ofUnknown ?? 0) / (ofKnown ?? 1)).toBeGreaterThan(0.98)
  expect((ofUnknown ?? 0) / (ofKnown ?? 1)).toBeLessThan(1.02)
}, 240_000)

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0
}
