import { expect, test } from "vitest"
import { Webhook } from "../../src/webhook/webhook.js"
import { type RawClient, requestText, secret } from "../support/raw-client.js"
import { Served } from "../support/served-webhook.js"

const served = Served.forEachTest()
const flooded = 7
const connections = 200

/** Adds a webhook for bot 8, whose updates go into the queue of bot 7, so that the queue shows the order of both. */
function addOther(): void {
  const { queue } = served
  served.server.add(new Webhook({ botId: 8, queue, path: "other", secretToken: secret }))
}

/** Opens connections for the flood and one for another bot. */
async function openAll(): Promise<{ flood: RawClient[]; other: RawClient }> {
  const flood = await Promise.all(Array.from({ length: connections }, () => served.open()))
  return { flood, other: await served.open() }
}

/** Sends an update over each connection of the flood. */
function send(flood: readonly RawClient[], round: number): void {
  for (const [index, client] of flood.entries())
    client.send(requestText(`{"update_id":${round * connections + index}}`))
}

/** Sends an update of the other bot, and resolves with the number of updates of the flood that went before it. */
async function overtakenBy(flood: readonly RawClient[], other: RawClient, round: number) {
  const before = served.queue.puts.length
  send(flood, round)
  other.send(requestText(`{"update_id":${round}}`, { path: "/other" }))
  expect((await other.answer()).status).toBe(200)
  const position = served.queue.puts.findIndex(
    ({ botId, update }) => botId === 8 && update.update_id === round,
  )
  for (const client of flood) expect((await client.answer()).status).toBe(200)
  return position - before
}

test("an update waits for a few updates of another bot's flood, which loses nothing", async () => {
  addOther()
  const { flood, other } = await openAll()
  const before: number[] = []
  const rounds = 5
  for (let round = 0; round < rounds; round++) before.push(await overtakenBy(flood, other, round))
  // The connections of the flood become readable in several turns, each of which passes on eight bodies.
  for (const count of before.slice(1)) expect(count).toBeLessThan(connections / 2)
  const ids = served.queue.puts.filter(({ botId }) => botId === flooded)
  expect(new Set(ids.map(({ update }) => update.update_id)).size).toBe(rounds * connections)
  expect(served.queue.puts).toHaveLength(rounds * (connections + 1))
})

test("updates of one connection stay in order in a flood", async () => {
  addOther()
  const { flood, other } = await openAll()
  for (let round = 0; round < 3; round++) await overtakenBy(flood, other, round)
  for (let index = 0; index < connections; index++) {
    const ids = served.queue.puts
      .filter(({ botId, update }) => botId === flooded && update.update_id % connections === index)
      .map(({ update }) => update.update_id)
    expect(ids).toEqual([0, 1, 2].map((round) => round * connections + index))
  }
})
