import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { Simulator } from "@sounder/simulator"
import { RawClient, requestText } from "../support/raw-client.js"
import { built } from "../support/built.js"
import { type Changes, changed, recipe, run, type RunningRecipe } from "./recipe.js"

/** The code that stands for the platform of a recipe, around its exported function. */
const platforms = {
  fetch: (answer: string) => `
    import { serve } from "@hono/node-server"
    serve({ fetch: (request) => ${answer}(request), port: 5000, hostname: "127.0.0.1" })`,
  lambda: `
    import { createServer } from "node:http"
    createServer(async (request, response) => {
      const chunks = await request.toArray()
      const { statusCode, headers, body } = await handler({
        rawPath: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString("base64"),
        isBase64Encoded: true,
        requestContext: { http: { method: request.method } },
      })
      response.writeHead(statusCode, headers).end(body)
    }).listen(5000, "127.0.0.1")`,
  restApi: `
    import { createServer } from "node:http"
    createServer(async (request, response) => {
      const chunks = await request.toArray()
      const capitals = Object.entries(request.headers)
        .map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()), value])
      const isListed = request.url.length % 2 === 0
      const { statusCode, headers, body } = await handler({
        httpMethod: request.method,
        path: request.url,
        headers: isListed ? null : Object.fromEntries(capitals),
        multiValueHeaders: isListed
          ? Object.fromEntries(capitals.map(([name, value]) => [name, [value]]))
          : null,
        body: Buffer.concat(chunks).toString("base64"),
        isBase64Encoded: true,
      })
      response.writeHead(statusCode, headers).end(body)
    }).listen(5000, "127.0.0.1")`,
}

const servers = ["node:http", "Express", "Fastify", "Koa", "Hono", "h3"].map((heading) => ({
  heading,
  bot: "The bot",
  // The first update stays in the queue, without a worker.
  full: { "new MemoryQueue()": "new MemoryQueue({ capacity: 1 })", "dispatcher.start()": "" },
  exported: {},
  platform: "",
  readsLate: true,
}))

const functions = [
  { heading: "Next.js", platform: platforms.fetch("POST"), readsLate: true },
  { heading: "Workers, Deno, Bun", platform: platforms.fetch("served.fetch"), readsLate: true },
  { heading: "AWS Lambda", platform: platforms.lambda, readsLate: false },
  {
    heading: "AWS Lambda behind a REST API or a load balancer",
    platform: platforms.restApi,
    readsLate: false,
  },
].map((one) => ({
  ...one,
  bot: "Serverless functions",
  full: {
    "dispatcher.process(update)": 'import("sounder").then((m) => { throw new m.QueueFull(1) })',
  },
  exported: one.heading.startsWith("Workers") ? { "export default": "const served =" } : {},
}))

interface Platform {
  readonly heading: string
  readonly bot: string
  readonly exported: Changes
  readonly platform: string
}

let open: (() => unknown)[] = []

beforeAll(() => built())

afterEach(async () => {
  for (const close of open.toReversed()) await close()
  open = []
})

describe.each([...servers, ...functions])("the recipe for $heading", (one) => {
  test("answers ada", async () => {
    const stage = await play(one)
    expect(await answerTo("/start", stage)).toBe("Hello!")
  })

  test("answers 503 if the queue is full", async () => {
    const { running, secretToken } = await play(one, { bot: one.full })
    const asking = [1, 2].map((id) => ask(running, secretToken, update(id)))
    const answer = await Promise.race(asking)
    expect(answer.status).toBe(503)
    expect(answer.headers["retry-after"]).toMatch(/^[1-5]$/)
  })

  test("answers 400 to a body that is not an update", async () => {
    const { running, secretToken } = await play(one)
    expect((await ask(running, secretToken, "{}")).status).toBe(400)
  })

  test("answers 401 to a wrong secret", async () => {
    const { running } = await play(one)
    expect((await ask(running, "wrong", update(1))).status).toBe(401)
  })

  if (!one.readsLate) return
  test("does not wait for the body of a request with a wrong secret", async () => {
    const { running } = await play(one)
    const client = await connected(running)
    // Only the head: a server that reads the body first would wait for it.
    client.send(request("wrong", "", { "Content-Length": "1000" }))
    expect((await client.answer()).status).toBe(401)
  })
})

const koaParser = `app.use(async (ctx, next) => {
  ctx.request.body = JSON.parse(Buffer.concat(await ctx.req.toArray()).toString())
  return next()
})`

describe("a body parser that ran before is used", () => {
  test.each([
    ["Express", { 'app.all("/hook"': 'app.use(express.json())\napp.all("/hook"' }],
    ["Koa", { "app.use(": `${koaParser}\napp.use(` }],
    [
      "Hono",
      {
        "answer(c.req.raw)":
          'import("hono/request").then(async (m) => answer(await m.cloneRawRequest(c.req)))',
        'app.all("/hook"':
          'app.use(async (c, next) => { await c.req.json(); await next() })\napp.all("/hook"',
      },
    ],
  ])("%s", async (heading, changes: Changes) => {
    const one = servers.find((server) => server.heading === heading)
    const stage = await play(one ?? expect.fail(heading), { recipe: changes })
    expect(await answerTo("/start", stage)).toBe("Hello!")
  })
})

test.each(["Fastify", "Express", "Koa", "Hono", "h3"])(
  "%s answers 404 on other paths",
  async (heading) => {
    const one = servers.find((server) => server.heading === heading) ?? expect.fail(heading)
    const { running, secretToken } = await play(one)
    const client = await connected(running)
    client.send(request(secretToken, update(1)).replace("/hook", "/elsewhere"))
    expect((await client.answer()).status).toBe(404)
  },
)

async function play(one: Platform, changes: { bot?: Changes; recipe?: Changes } = {}) {
  const telegram = await Simulator.start({ local: true })
  open.push(() => telegram[Symbol.asyncDispose]())
  const account = telegram.bot({ username: "recipe_bot" })
  const secretToken = deriveSecretToken(account.token)
  const bot = changed(recipe(one.bot), changes.bot ?? {})
  const edge = changed(recipe(one.heading), { ...one.exported, ...changes.recipe })
  const program = (port: number) =>
    changed(`${bot}\n${edge}\n${one.platform}`, { "5000": String(port) })
  const running = await run(program, {
    BOT_TOKEN: account.token,
    SECRET_TOKEN: secretToken,
    TELEGRAM_API_ROOT: telegram.apiRoot,
  })
  open.push(() => running[Symbol.asyncDispose]())
  const url = `http://127.0.0.1:${running.port}/hook`
  return { telegram, account, running, secretToken, url }
}

async function answerTo(text: string, stage: Awaited<ReturnType<typeof play>>) {
  const { telegram, account, secretToken, url } = stage
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await bot.setWebhook({ url, secret_token: secretToken })
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, text)
  return (await ada.hears()).text
}

async function ask(running: RunningRecipe, secretToken: string, body: string) {
  const client = await connected(running)
  client.send(request(secretToken, body))
  return client.answer()
}

async function connected({ port }: RunningRecipe): Promise<RawClient> {
  const client = await RawClient.open({ host: "127.0.0.1", port })
  open.push(() => client.destroy())
  return client
}

function request(secretToken: string, body: string, headers: Record<string, string> = {}): string {
  const given = { "X-Telegram-Bot-Api-Secret-Token": secretToken, ...headers }
  return requestText(body, { headers: given })
}

/** Returns a message of its own chat. */
function update(id: number): string {
  const chat = { id, type: "private", first_name: "Ada" }
  return JSON.stringify({ update_id: id, message: { message_id: id, date: 1, chat, text: "Hi" } })
}
