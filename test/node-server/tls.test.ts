import { once } from "node:events"
import { connect } from "node:tls"
import { describe, expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { RawClient, requestText } from "../support/raw-client.js"
import { Served } from "../support/served-webhook.js"

const served = Served.forEachTest()
const pair = await createCertificate("127.0.0.1", { days: 10 })

async function openTls(): Promise<RawClient> {
  const port = served.server.address?.port ?? 0
  const checkServerIdentity = () => undefined
  return RawClient.openTls({ host: "127.0.0.1", port, ca: pair.cert, checkServerIdentity })
}

describe("a server with a key and a certificate", () => {
  test("speaks HTTPS", async () => {
    await served.start(pair)
    expect(served.server.address?.protocol).toBe("https")
    expect(await served.server.certificateFor()).toEqual(pair)
    const client = await openTls()
    for (const id of [1, 2]) {
      client.send(requestText(`{"update_id":${id}}`))
      expect((await client.answer()).status).toBe(200)
    }
    client.destroy()
    expect(served.queue.ids).toEqual([1, 2])
  })

  test("answers a wrong secret before the body has arrived", async () => {
    await served.start(pair)
    const client = await openTls()
    const headers = { "X-Telegram-Bot-Api-Secret-Token": "no", "Content-Length": "60000000" }
    client.send(requestText("", { headers }))
    expect(await client.answer()).toMatchObject({ status: 401, headers: { connection: "close" } })
    await client.closed()
  })

  test("speaks no TLS older than 1.2", async () => {
    await served.start(pair)
    const port = served.server.address?.port ?? 0
    const old = connect({
      host: "127.0.0.1",
      port,
      ca: pair.cert,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT:@SECLEVEL=0",
    })
    await expect(once(old, "secureConnect")).rejects.toThrow(/protocol version|alert/)
  })

  test("closes a connection that speaks plain HTTP, and is otherwise unaffected", async () => {
    await served.start(pair)
    const plain = await served.open()
    plain.send(requestText('{"update_id":9}'))
    await plain.closed()
    const client = await openTls()
    client.send(requestText('{"update_id":1}'))
    expect((await client.answer()).status).toBe(200)
    client.destroy()
    expect(served.queue.ids).toEqual([1])
  })

  test("answers requests in flight when it closes", async () => {
    await served.start(pair)
    const handled = deferred()
    served.queue.answer = () => handled.promise
    const [busy, silent, unsecured] = [await openTls(), await openTls(), await served.open()]
    busy.send(requestText('{"update_id":1}'))
    await untilTrue(() => served.queue.puts.length === 1)
    const closed = served.server.close()
    handled.resolve()
    expect((await busy.answer()).status).toBe(200)
    await Promise.all([closed, busy.closed(), silent.closed(), unsecured.closed()])
  })

  test("makes room for new connections by closing silent ones", async () => {
    await served.start({ ...pair, maxSockets: 3 })
    const telegram = await openTls()
    telegram.send(requestText('{"update_id":1}'))
    expect((await telegram.answer()).status).toBe(200)
    const strangers = [await openTls(), await served.open(), await openTls(), await openTls()]
    await strangers[1]?.closed()
    telegram.send(requestText('{"update_id":2}'))
    expect((await telegram.answer()).status).toBe(200)
    expect(strangers.map((client) => client.isClosed)).toEqual([true, true, false, false])
    for (const client of [telegram, ...strangers]) client.destroy()
  })

  test("refuses a key that does not match, and then does not listen", async () => {
    const other = await createCertificate("127.0.0.1", { days: 10 })
    const server = new WebhookServer({ port: 0, key: other.key, cert: pair.cert })
    await expect(server.start()).rejects.toMatchObject({ code: "certificate-mismatch" })
    expect(server.address).toBeUndefined()
  })
})
