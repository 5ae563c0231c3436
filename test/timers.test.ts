import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseSync, Visitor } from "oxc-parser"
import { describe, expect, test } from "vitest"
import { Bot } from "../src/bot/index.js"
import { examine } from "../src/doctor/index.js"
import { longestTimerMs } from "../src/ground/timer.js"
import { WebhookServer } from "../src/node-server/webhook-server.js"
import { MemoryQueue } from "../src/queue/index.js"
import { Updater } from "../src/updater.js"
import { RecordingLogger } from "./support/recording-logger.js"
import { token } from "./support/updates.js"

/** The runtime functions with a time that fire at once if it exceeds their maximum. */
const calls = ["setTimeout", "setInterval", "timeout"]

/**
 * The files that set such timers themselves, and why no time there can be too long. All others use
 * `Timer` or `sleep`, which take any.
 */
const allowed: Readonly<Record<string, string>> = {
  "src/ground/timer.ts": "this is the timer",
  "src/ground/observed-promise.ts": "no time: the next turn of the event loop",
  "src/bot/deadline.ts": "a longer time is none; measured in each call",
  "src/webhook/put-deadlines.ts": "at most `longestTimerMs`, then it looks again",
  "src/webhook/id-order.ts": "at most `longestTimerMs`, then it looks again",
  "src/webhook-start/backlog-reset.ts": "a constant",
  "src/certificate/handshake-problem.ts": "a constant",
  "src/acme/acme-certificate.ts": "a constant",
  "src/acme/acme-transport.ts": "a constant",
  "src/doctor/checks/token.ts": "`timeoutMs` of `examine`, an integer up to `longestTimerMs`",
  "src/doctor/probes/backend.ts": "`timeoutMs` of `examine`",
  "src/doctor/probes/http-exchange.ts": "`timeoutMs` of `examine`",
  "src/doctor/probes/idle-connection.ts": "`idleMs` of `examine`, and a constant",
  "src/doctor/probes/plain-http.ts": "`timeoutMs` of `examine`",
  "src/doctor/probes/served-certificate.ts": "`timeoutMs` of `examine`",
  "src/doctor/probes/tcp.ts": "`timeoutMs` of `examine`",
  "src/doctor/probes/tls.ts": "`timeoutMs` of `examine`",
  "src/node-server/descriptor-watch.ts": "a constant",
  "src/node-server/serve-connections.ts": "a constant",
  "src/node-server/strict/strict-connection.ts":
    "`requestTimeoutMs` and `keepAliveTimeoutMs` of the server, integers up to `longestTimerMs`",
  "src/node-server/client-address/proxy-protocol-server.ts":
    "`requestTimeoutMs` of the server, an integer up to `longestTimerMs`",
  "src/node-server/pages/readiness-page.ts": "a constant",
  "src/node-server/tls/changing-files.ts": "a constant, but for tests",
  "src/polling/polling.ts": "a constant",
  "src/queue/postgres/postgres-lock.ts": "`leaseMs` of the lock, at most `longestTimerMs`",
  "src/queue/postgres/held-transaction.ts": "`leaseMs` of the lock, at most `longestTimerMs`",
  "src/queue/sqlite/turn-writer.ts": "a constant",
  "src/cli/project/watched-folder.ts": "a constant",
  "src/cli/webhook-set-command.ts": "a constant",
  "src/testing/queue-probe.ts": "a constant, or a time of the suite's own",
  "src/testing/order-behaviours.ts": "a constant",
}

/** Returns true if a source uses runtime timers. */
function setsTimers(path: string, source: string): boolean {
  let isFound = false
  new Visitor({
    CallExpression({ callee }) {
      const name =
        callee.type === "Identifier"
          ? callee.name
          : callee.type === "MemberExpression" && callee.property.type === "Identifier"
            ? callee.property.name
            : ""
      if (calls.includes(name)) isFound = true
    },
    ImportDeclaration({ source: from }) {
      if (from.value === "node:timers/promises") isFound = true
    },
  }).visit(parseSync(path, source).program)
  return isFound
}

test("waits of any length are complete: runtime timers are used only with bounded times", () => {
  const found = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("src", name))
    .filter((path) => setsTimers(path, readFileSync(path, "utf8")))
  expect(found.toSorted()).toEqual(Object.keys(allowed).toSorted())
})

test.each([
  "setTimeout(act, waitMs)",
  "globalThis.setTimeout(act, waitMs)",
  "const signal = AbortSignal.timeout(waitMs)",
  "socket.setTimeout(waitMs)",
  "setInterval(look, everyMs)",
  'import { setTimeout as sleep } from "node:timers/promises"',
])("a new runtime timer is found: %s", (source) => {
  expect(setsTimers("planted.ts", source)).toBe(true)
})

test("the class Timer is not a runtime timer", () => {
  expect(setsTimers("planted.ts", "// setTimeout(act, 1)\nnew Timer(act, 1); sleep(1)")).toBe(false)
})

describe("a time beyond the maximum of a timer", () => {
  const tooLong = longestTimerMs + 1

  test.each(["timeoutMs", "idleMs", "pollersMs"] as const)(
    "is refused as `%s` of the doctor",
    async (option) => {
      const asked = examine("https://bot.example.com/", { [option]: tooLong })
      await expect(asked).rejects.toThrow(
        `Expected the \`${option}\` option to be an integer from 0`,
      )
    },
  )

  test.each(["keepAliveTimeoutMs", "requestTimeoutMs"] as const)(
    "is refused as `%s` of a server, and so is an infinite one",
    (option) => {
      for (const value of [tooLong, Infinity]) {
        expect(() => new WebhookServer({ [option]: value })).toThrow(
          `Expected the \`${option}\` option to be an integer from 0`,
        )
      }
    },
  )

  test("is valid as a deadline of `stop`", async () => {
    await using queue = new MemoryQueue()
    const bot = new Bot(token, { onCall: async () => true })
    const updater = new Updater({ bot, queue, logger: new RecordingLogger() })
    await updater.startWebhook({ port: 0 })
    const warnings: Error[] = []
    const note = (warning: Error) => void warnings.push(warning)
    process.on("warning", note)
    await updater.stop({ deadlineMs: tooLong })
    process.off("warning", note)
    expect(warnings).toEqual([])
  })
})
