import { expect, test } from "vitest"
import { examine, webhookReport } from "../src/doctor/index.js"
import { fromMarkdown } from "../src/markdown/index.js"
import { Metrics, serveMetrics } from "../src/metrics/index.js"
import { deepLink } from "../src/deep-link/index.js"
import { plural, translations } from "../src/i18n/index.js"
import {
  Bot,
  certificateProblems,
  createCertificate,
  Dispatcher,
  Fleet,
  InputFile,
  inspectCertificate,
  limit,
  MemoryQueue,
  Polling,
  Updater,
  Webhook,
  WebhookIntake,
  WebhookServer,
  writeCertificate,
} from "../src/index.js"
import { UpdateState } from "../src/dispatch/context/update-state.js"
import { job } from "../src/jobs/index.js"
import { callbackData } from "../src/keyboard/index.js"
import { proxyConfiguration } from "../src/proxy/index.js"
import { migratePostgresQueue, PostgresLock } from "../src/queue/postgres/index.js"
import { SqliteQueue } from "../src/queue/sqlite/index.js"
import { session } from "../src/session/index.js"
import { split } from "../src/text/index.js"
import { checkInitData, checkLogin, checkThirdPartyInitData } from "../src/web-app/index.js"
import { namedBot, textUpdate, withContext } from "./support/updates.js"

const token = "123456:abc"
const updater = new Updater({ token })
const hello = { chat_id: 1, text: "Hello" }
const hi = textUpdate("Hi")
/** A pool that is never used. */
const pool = {} as never
const place = { queue: new MemoryQueue(), botId: 123456 }

test.each<[call: string, wrong: string, right: string, (options: never) => unknown]>([
  ["new Updater", "tokn", "token", (options) => new Updater(options)],
  ["new Updater", "concurency", "concurrency", (options) => new Updater(options)],
  ["startPolling", "timeot", "timeout", (options) => updater.startPolling(options)],
  ["startWebhook", "prot", "port", (options) => updater.startWebhook(options)],
  ["runWebhook", "webhookURL_", "webhookUrl", (options) => updater.runWebhook(options)],
  ["runWebhook", "url", "webhookUrl", (options) => updater.runWebhook(options)],
  ["Polling.start", "allowed_updates", "allowedUpdates", (options) => Polling.start(options)],
  ["WebhookIntake.start", "serer", "server", (options) => WebhookIntake.start(options)],
  ["new Bot", "apiroot", "apiRoot", (options) => new Bot(token, options)],
  ["new Dispatcher", "ques", "queue", (options) => new Dispatcher(options)],
  ["new Fleet", "botOption", "botOptions", (options) => new Fleet(options)],
  ["fleet.startPolling", "limits", "limit", (options) => new Fleet().startPolling(options)],
  ["fleet.startWebhook", "sever", "server", (options) => new Fleet().startWebhook(options)],
  ["new MemoryQueue", "hold", "holdMs", (options) => new MemoryQueue(options)],
  ["new SqliteQueue", "paht", "path", (options) => new SqliteQueue(options)],
  ["new PostgresLock", "lease", "leaseMs", (options) => new PostgresLock(options)],
  ["new WebhookServer", "listn", "listen", (options) => new WebhookServer(options)],
  ["new Webhook", "secret_token", "secretToken", (options) => new Webhook(options)],
  ["limit", "perMS_", "perMs", (options) => limit(options)],
  ["command", "descripton", "description", (options) => command(options)],
  ["hears", "caption", "captions", (options) => updater.dispatcher.hears("x", () => {}, options)],
  [
    "use",
    "interupts",
    "interrupts",
    (options) => updater.dispatcher.callbackQuery("x", () => {}, options),
  ],
  [
    "syncCommands",
    "scope",
    "scopes",
    (options) => updater.dispatcher.syncCommands(undefined, options),
  ],
  ["session", "inital", "initial", (options) => session("cart", options)],
  ["job", "date", "data", (options) => job("remind", options)],
  ["runDaily", "timezone_", "timeZone", (options) => job("remind").runDaily(place, options)],
  ["runDaily", "time", "at", (options) => job("remind").runDaily(place, options)],
  ["runOnceFor", "dat", "data", (options) => job("remind").runOnceFor(place, "7", options)],
  ["new Metrics", "queue", "queues", (options) => new Metrics(options)],
  ["deepLink", "strat", "start", (options) => deepLink("my_bot", options)],
  ["callbackData", "sign", "signed", (options) => callbackData("ban", {}, options)],
  ["checkInitData", "maxAge", "maxAgeMs", (options) => checkInitData("", token, options)],
  ["checkLogin", "maxAge", "maxAgeMs", (options) => checkLogin("", token, options)],
  [
    "checkThirdPartyInitData",
    "enviroment",
    "environment",
    (options) => checkThirdPartyInitData("", 123456, options),
  ],
  ["split", "limt", "limit", (options) => split("text", options)],
  ["translations", "langage", "language", (options) => translations("en", {}, {}, options)],
  ["later", "unsur", "unsure", (options) => later(options)],
  ["state.set", "expiresat_", "expiresAt", (options) => setState(options)],
  ["a call", "timeout", "timeoutMs", (options) => new Bot(token).sendMessage(hello, options)],
  ["a call without parameters", "signals", "signal", (options) => new Bot(token).getMe(options)],
  ["init", "signl", "signal", (options) => new Bot(token).init(options)],
  ["download", "timeout", "timeoutMs", (options) => new Bot(token).download("id", options)],
  ["retryAfter", "attemps", "attempts", (retryAfter) => new Bot(token, { retryAfter })],
  ["bulk", "perSec", "perSecond", (bulk) => new Bot(token, { bulk })],
  ["stop", "deadline", "deadlineMs", (options) => updater.stop(options)],
  ["runWorker", "deadline", "deadlineMs", (options) => updater.runWorker(options)],
  ["runPolling", "deleteWebhok", "deleteWebhook", (options) => updater.runPolling(options)],
  ["fleet.stop", "deadline", "deadlineMs", (options) => new Fleet().stop(options)],
  ["fleet.remove", "deleteWebhok", "deleteWebhook", (options) => new Fleet().remove(1, options)],
  ["dispatcher.stop", "deadline", "deadlineMs", (options) => updater.dispatcher.stop(options)],
  ["process", "respons", "response", (options) => updater.dispatcher.process(hi, options)],
  ["server.close", "deadline", "deadlineMs", (options) => new WebhookServer().close(options)],
  ["certificateProblems", "upload", "uploaded", (options) => certificateProblems(options)],
  ["inspectCertificate", "certs", "cert", (options) => inspectCertificate(options)],
  ["createCertificate", "day", "days", (options) => createCertificate("a.example", options)],
  ["writeCertificate", "foldr", "folder", (options) => writeCertificate("a.example", options)],
  ["serveMetrics", "prot", "port", (options) => serveMetrics(new Metrics(), options)],
  ["fromMarkdown", "partal", "partial", (options) => fromMarkdown("text", options)],
  ["migratePostgresQueue", "shema", "schema", (options) => migratePostgresQueue(pool, options)],
  ["plural", "typ", "type", (options) => plural("en", 1, { other: "" }, options)],
  ["proxyConfiguration", "bot", "bots", (options) => proxyConfiguration("nginx", options)],
  ["InputFile.path", "fileName_", "filename", (options) => InputFile.path("a", options)],
  ["InputFile.bytes", "filenam", "filename", (options) => InputFile.bytes("a", options)],
  ["examine", "pollers", "pollersMs", (options) => examine("https://a.example", options)],
  ["webhookReport", "tokn", "token", (options) => webhookReport({} as never, options)],
])("%s with %j names the option %j, and the line of the caller", async (_, wrong, right, call) => {
  const options = { [wrong]: 1 } as never
  const error: unknown = await Promise.resolve()
    .then(() => call(options))
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toBe(`TypeError: Unknown option \`${wrong}\`. Did you mean \`${right}\`?`)
  expect((error as Error).stack?.split("\n")[1]).toContain("unknown-options.test.ts")
})

function later(options: never) {
  return withContext(namedBot(), textUpdate("x"), (ctx) =>
    ctx.later("sendMessage", { chat_id: 1, text: "Hello" }, options),
  )
}

function setState(options: never) {
  const state = new UpdateState(place.queue.state, { botId: 123456, lane: "1" }, () => {})
  state.set("space", "key", 1, options)
}

function command(options: never) {
  return updater.dispatcher.command("start", () => {}, options)
}

test("an option unlike all others is refused with the names of all options", () => {
  expect(() => new SqliteQueue({ file: "updates.db" } as never)).toThrow(
    "Unknown option `file`. The options are `path`, `capacity`, `perBot`, `lane`, `rememberMs`, `logger`.",
  )
})

test("an unknown option that is undefined is permitted", () => {
  expect(new MemoryQueue({ verbose: undefined } as never).waiting).toBe(0)
})

test("an option of the bot, given to an updater, names the bot", () => {
  expect(() => new Updater({ token, apiRoot: "http://localhost" } as never)).toThrow(
    "Unknown option `apiRoot`. Give it to the bot: `bot: new Bot(token, { apiRoot })`.",
  )
})
