import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { createInterface } from "node:readline"
import { beforeAll, expect, test } from "vitest"
import { built, finished, packageFolder } from "../support/built.js"
import { freePort } from "../support/free-port.js"

const defaultPort = 8082
const script = "scripts/demo.mjs"

// Otherwise each start of the demo would build the packages first.
beforeAll(() => built(), 180_000)

const demo = (...args: string[]) => finished(process.execPath, [script, ...args], packageFolder)

test("the demo's help lists its options", async () => {
  const { status, output } = await demo("--help")
  expect(status).toBe(0)
  for (const option of ["--once", "--polling", "--port", "--help"]) expect(output).toContain(option)
  expect(output).toContain(`default: ${defaultPort}`)
})

test.each([
  [["--onec"], "Unknown option '--onec'"],
  [["twice"], "Unexpected argument 'twice'"],
  [["--port", "http"], 'expected a number from 0 to 65535, got "http"'],
  [["--port", "65536"], 'expected a number from 0 to 65535, got "65536"'],
])("a mistake in the command line, %j, is named above the help", async (args, mistake) => {
  const { status, output } = await demo(...args)
  expect(status).toBe(1)
  expect(output).toContain(mistake)
  expect(output).toContain("Usage: npm run demo")
  expect(output).not.toContain("    at ")
})

test("the conversation on the chat page is printed, and an open page finds its chat again", async () => {
  const port = await freePort()
  const keys: string[] = []
  for (const words of ["Good morning", "Good evening"]) {
    await using running = start("--polling", "--port", `${port}`)
    await running.line(/^Chat page: /)
    await running.line(/keeps running/)
    const page = await chatOf(port)
    keys.push(page.chat)
    await page.say(words)
    await running.line(`Ada   ${words}`)
    await running.line(`Bot   You said: ${words}`)
  }
  expect(keys[1]).toBe(keys[0])
}, 120_000)

test("the demo gets a free port if its default port is taken, and ends if a chosen one is", async () => {
  const taken = createServer().listen(defaultPort, "127.0.0.1")
  // A demo of the developer may have the port already, and takes it as well.
  await Promise.race([once(taken, "listening"), once(taken, "error").catch(() => {})])
  try {
    const { status, output } = await demo("--once")
    expect(output).toContain(`Port ${defaultPort} is taken by another program`)
    expect(output).toMatch(/Chat page: http:\/\/127\.0\.0\.1:(?!8082)\d+/)
    expect(output).toContain("Bot   That makes 1 (on the screen)")
    expect(status).toBe(0)
    const refused = await demo("--once", "--port", `${defaultPort}`)
    expect(refused).toEqual({
      status: 1,
      output: expect.stringContaining("or --port 0 for a free"),
    })
  } finally {
    taken.close()
  }
}, 120_000)

/** Starts the demo, until the test ends. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: packageFolder,
    stdio: ["ignore", "pipe", "inherit"],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    /** Waits for the next line that has a text or a pattern. */
    async line(wanted: string | RegExp): Promise<void> {
      for (let next = await lines.next(); !next.done; next = await lines.next()) {
        if (typeof wanted === "string" ? next.value === wanted : wanted.test(next.value)) return
      }
      throw new Error(`The demo ended without the line ${wanted}`)
    },
    [Symbol.asyncDispose]: () => end(child),
  }
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, "close")
  child.kill("SIGTERM")
  child.stdout?.resume()
  await closed
}

/** Returns the chat of the page's first snapshot, and a way to write in it. */
async function chatOf(port: number) {
  const root = `http://127.0.0.1:${port}/page`
  const ended = new AbortController()
  const response = await fetch(`${root}/events`, { signal: ended.signal })
  let text = ""
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes("\n\n")) break
  }
  ended.abort()
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? ""
  // The simulator's own snapshot.
  const [{ chats }] = JSON.parse(data) as [{ chats: [{ key: string; people: number[] }] }]
  const [{ key: chat, people }] = chats
  const say = async (words: string) => {
    const body = JSON.stringify({ as: people[0], chat, text: words })
    const headers = { "content-type": "application/json" }
    const sent = await fetch(`${root}/send`, { method: "POST", headers, body })
    expect(await sent.json()).toMatchObject({ ok: true })
  }
  return { chat, say }
}
