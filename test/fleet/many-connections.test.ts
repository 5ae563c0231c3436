import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { networkInterfaces } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, expect, test } from "vitest"
import { Fleet } from "../../src/fleet/index.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { RawClient, requestText } from "../support/raw-client.js"
import { RecordingLogger } from "../support/recording-logger.js"

/** An address of this machine that is not a loopback one, which the limits do not spare. */
const address = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address

const bots = 40
/** The connections that Telegram opens for a bot at once, and at most. */
const [burst, most] = [10, 40]
const tokens = Array.from({ length: bots }, (_, bot) => `${1_000 + bot}:${"A".repeat(35)}`)

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

test.skipIf(address === undefined)(
  "Telegram's 40 connections for each of 40 bots stay open, and no delivery fails",
  async () => {
    const logger = new RecordingLogger()
    await using fleet = new Fleet({ logger, concurrency: 4_000 })
    for (const token of tokens) await fleet.add(token)
    fleet.dispatcher.use(() => sleep(200))
    const server = new WebhookServer({ listen: address, port: 0, logger })
    await fleet.startWebhook({ server, urlPath: "/bots" })
    const port = server.address?.port ?? 0

    // The burst after a silence: no connection has shown a secret yet.
    const clients = await openAll(port, burst)
    for (let round = 0; round < 3; round += 1) {
      expect(await deliver(clients, round)).toEqual(new Set([200]))
      if (round === 0) clients.push(...(await openAll(port, most - burst)))
    }
    expect(clients).toHaveLength(bots * most)
    expect(clients.filter(({ client }) => client.isClosed)).toEqual([])
    expect(logger.at("warn")).toEqual([])
    expect(logger.errors).toEqual([])
  },
  120_000,
)

interface OfBot {
  readonly client: RawClient
  readonly token: string
}

/** Opens connections for each bot, all at once. */
function openAll(port: number, each: number): Promise<OfBot[]> {
  const opened = tokens.flatMap((token) => Array.from({ length: each }, () => open(port, token)))
  return Promise.all(opened)
}

async function open(port: number, token: string): Promise<OfBot> {
  const socket = connect({ host: address ?? "", port, localAddress: address ?? "" })
  sockets.push(socket)
  await once(socket, "connect")
  return { client: new RawClient(socket), token }
}

let lastId = 0

/** Delivers an update over each connection, each in a chat of its own. Resolves with the statuses. */
async function deliver(clients: readonly OfBot[], round: number): Promise<ReadonlySet<number>> {
  const statuses = clients.map(async ({ client, token }, index) => {
    const chat = { id: index + 1, type: "private", first_name: "Ada" }
    const message = { message_id: round + 1, date: 1, chat, text: "x" }
    const headers = { "X-Telegram-Bot-Api-Secret-Token": deriveSecretToken(token) }
    const path = `/bots/${token.split(":")[0]}`
    client.send(
      requestText(JSON.stringify({ update_id: (lastId += 1), message }), { path, headers }),
    )
    return (await client.answer()).status
  })
  return new Set(await Promise.all(statuses))
}
