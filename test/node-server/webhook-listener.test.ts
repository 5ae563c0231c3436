import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { afterEach, expect, test } from "vitest"
import { Webhook } from "../../src/webhook/webhook.js"
import { webhookListener } from "../../src/node-server/webhook-listener.js"
import { portOf } from "../support/free-port.js"
import { RawClient, requestText, secret } from "../support/raw-client.js"
import { RecordingQueue } from "../support/recording-queue.js"

const queue = new RecordingQueue()
const webhook = new Webhook({ botId: 7, queue, path: "hook", secretToken: secret })
const listener = webhookListener(webhook)
const open: { close: () => void }[] = []

afterEach(() => {
  for (const { close } of open.splice(0)) close()
  queue.puts.length = 0
})

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function ask(handler: Handler, text: string) {
  const server = createServer(handler).listen(0, "127.0.0.1")
  await once(server, "listening")
  const client = await RawClient.open({ host: "127.0.0.1", port: portOf(server) })
  open.push({
    close() {
      client.destroy()
      server.close()
    },
  })
  client.send(text)
  return client.answer()
}

const withEmptyBody: Handler = (request, response) => {
  listener(Object.assign(request, { body: {} }), response)
}

const mounted: Handler = (request, response) => {
  listener(Object.assign(request, { originalUrl: request.url, url: "/" }), response)
}

test("the node:http edge is a listener", async () => {
  expect((await ask(listener, requestText('{"update_id":1}'))).status).toBe(200)
  expect(queue.ids).toEqual([1])
})

test.each([
  ["an object", (text: string): unknown => JSON.parse(text)],
  ["a text", (text: string): unknown => text],
  ["bytes", (text: string): unknown => Buffer.from(text)],
])("a body that a parser made %s is not read again", async (_, parse) => {
  const withParser: Handler = (request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      listener(Object.assign(request, { body: parse(Buffer.concat(chunks).toString()) }), response)
    })
  }
  expect((await ask(withParser, requestText('{"update_id":2}'))).status).toBe(200)
  expect(queue.ids).toEqual([2])
})

test("what a parser made of something that is no update is answered with 400", async () => {
  expect((await ask(withEmptyBody, requestText("{}"))).status).toBe(400)
})

test("a router that cuts its own part off the path is no obstacle", async () => {
  expect((await ask(mounted, requestText('{"update_id":3}'))).status).toBe(200)
})

test("a body that was read before and is nowhere to be found is answered with 400", async () => {
  const swallowing: Handler = (request, response) => {
    request.resume().on("end", () => setImmediate(listener, request, response))
  }
  expect((await ask(swallowing, requestText('{"update_id":4}'))).status).toBe(400)
  expect(queue.ids).toEqual([])
})

test("a framework that begins with another status is no obstacle", async () => {
  const pessimistic: Handler = (request, response) => {
    response.statusCode = 404
    listener(request, response)
  }
  expect((await ask(pessimistic, requestText('{"update_id":5}'))).status).toBe(200)
})
