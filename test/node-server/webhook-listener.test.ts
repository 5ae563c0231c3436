import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { afterEach, describe, expect, test } from "vitest"
import { HandedBack, type IncomingUpdate, QueueFull } from "../../src/queue/update-queue.js"
import { deferred } from "../support/waiting.js"
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
  queue.answer = () => Promise.resolve()
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

test("the node:http edge is a request listener", async () => {
  expect((await ask(listener, requestText('{"update_id":1}'))).status).toBe(200)
  expect(queue.ids).toEqual([1])
})

test.each([
  ["an object", (text: string): unknown => JSON.parse(text)],
  ["a text", (text: string): unknown => text],
  ["bytes", (text: string): unknown => Buffer.from(text)],
])("a body that was parsed %s is not read again", async (_, parse) => {
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

test("a parsed value that is not an update is answered with 400", async () => {
  expect((await ask(withEmptyBody, requestText("{}"))).status).toBe(400)
})

test("a router that removes its own prefix from the path is supported", async () => {
  expect((await ask(mounted, requestText('{"update_id":3}'))).status).toBe(200)
})

test("a body that was already read and is not available is answered with 400", async () => {
  const swallowing: Handler = (request, response) => {
    request.resume().on("end", () => setImmediate(listener, request, response))
  }
  expect((await ask(swallowing, requestText('{"update_id":4}'))).status).toBe(400)
  expect(queue.ids).toEqual([])
})

test("a framework that starts with another status is supported", async () => {
  const pessimistic: Handler = (request, response) => {
    response.statusCode = 404
    listener(request, response)
  }
  expect((await ask(pessimistic, requestText('{"update_id":5}'))).status).toBe(200)
})

describe("a request that another handler answered first", () => {
  const late = (answer: (response: ServerResponse) => void): Handler => {
    return (request, response) => {
      response.on("finish", () => {})
      answer(response)
      listener(request, response)
    }
  }
  const answered = late((response) => response.writeHead(504).end("time-out"))
  const begun = late((response) => response.writeHead(200, { "content-length": "4" }).write("ab"))

  test.each([
    ["taken", '{"update_id":1}', () => Promise.resolve()],
    ["not stored", '{"update_id":1}', () => Promise.reject(new QueueFull(1))],
    [
      "handed back",
      '{"update_id":1}',
      () => Promise.reject(new HandedBack({ botId: 7, updateId: 1 })),
    ],
    ["no update", "{", () => Promise.resolve()],
  ])("gets no second answer if its update is %s", async (_, body, put) => {
    queue.answer = put
    expect((await ask(answered, requestText(body))).status).toBe(504)
  })

  test("gets no second answer if its head is refused", async () => {
    const wrong = requestText("{}", { headers: { "X-Telegram-Bot-Api-Secret-Token": null } })
    expect((await ask(answered, wrong)).status).toBe(504)
  })

  test("is not ended in the middle of the other answer", async () => {
    const whole: Handler = (request, response) => {
      begun(request, response)
      setTimeout(() => response.end("cd"), 50)
    }
    expect((await ask(whole, requestText('{"update_id":1}'))).body).toBe("abcd")
  })

  test("has the call of its answer sent as a request", async () => {
    const made = deferred()
    const riding = new Webhook({
      botId: 7,
      secretToken: secret,
      queue: {
        async put({ response }: IncomingUpdate) {
          response?.offer({ json: "{}", makeSeparately: () => made.resolve() })
        },
      },
    })
    const handler: Handler = (request, response) => {
      response.writeHead(504).end()
      webhookListener(riding)(request, response)
    }
    expect((await ask(handler, requestText('{"update_id":1}'))).status).toBe(504)
    await made.promise
  })
})

test("a body that arrives as strings is read unchanged", async () => {
  const asText: Handler = (request, response) => listener(request.setEncoding("utf8"), response)
  const text = '{"update_id":1,"message":{"text":"Привет"}}'
  expect((await ask(asText, requestText(text))).status).toBe(200)
})
