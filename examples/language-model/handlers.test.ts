import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"
import type { Turn } from "./model.ts"

/** A server of models that answers with the words of `say`, and ends when `end` resolves. */
async function startModel(say: (turns: readonly Turn[], response: ServerResponse) => void) {
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { messages: Turn[] }
    response.writeHead(200, { "content-type": "text/event-stream" })
    say(messages, response)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const piece = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`

test("the answer is formatted, and the next question has the dialogue before it", async () => {
  await using model = await startModel((turns, response) => {
    for (const word of ["You have asked ", "**", `${turns.length - 1}`, "**", " things."]) {
      response.write(piece(word))
    }
    response.end("data: [DONE]\n\n")
  })
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "model_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher, { url: model.url, model: "test" })
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "Hello")
  const first = await ada.hears()
  assert.equal(first.text, "You have asked 1 things.")
  assert.deepEqual(first.entities, [{ type: "bold", offset: 15, length: 1 }])
  await ada.send(account, "And now?")
  assert.equal((await ada.hears()).text, "You have asked 3 things.")
  await ada.send(account, "/new")
  await ada.hears()
  await ada.send(account, "x".repeat(4096))
  await ada.send(account, "x".repeat(100))
  assert.equal((await ada.hears()).text, "You have asked 1 things.")
})

test("a person stops a long answer, and what was said stays", async () => {
  await using model = await startModel((_turns, response) => {
    response.write(piece("Once upon a time"))
  })
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "model_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher, { url: model.url, model: "test" })
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "Tell me a story")
  let draft = await ada.seesDraft()
  while (draft.text !== "Once upon a time") draft = await ada.seesDraft()
  await ada.stop(draft)
  assert.equal((await ada.hears()).text, "Once upon a time")
})
