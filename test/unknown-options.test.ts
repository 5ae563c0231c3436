import { expect, test } from "vitest"
import { Metrics } from "../src/metrics/index.js"
import { deepLink } from "../src/deep-link/index.js"
import { translations } from "../src/i18n/index.js"
import {
  Bot,
  Dispatcher,
  Fleet,
  limit,
  MemoryQueue,
  Polling,
  Updater,
  Webhook,
  WebhookIntake,
  WebhookServer,
} from "../src/index.js"
import { job } from "../src/jobs/index.js"
import { callbackData } from "../src/keyboard/index.js"
import { PostgresLock } from "../src/queue/postgres/index.js"
import { SqliteQueue } from "../src/queue/sqlite/index.js"
import { session } from "../src/session/index.js"
import { split } from "../src/text/index.js"
import { checkInitData, checkLogin, checkThirdPartyInitData } from "../src/web-app/index.js"
import { namedBot, textUpdate, withContext } from "./support/updates.js"

const token = "123456:abc"
const updater = new Updater({ token })
const place = { queue: new MemoryQueue(), botId: 123456 }

test.each<[call: string, wrong: string, right: string, (options: never) => unknown]>([
  ["new Updater", "tokn", "token", (options) => new Updater(options)],
  ["new Updater", "concurency", "concurrency", (options) => new Updater(options)],
  ["startPolling", "timeot", "timeout", (options) => updater.startPolling(options)],
  ["startWebhook", "prot", "port", (options) => updater.startWebhook(options)],
  ["runWebhook", "webhookURL_", "webhookUrl", (options) => updater.runWebhook(options)],
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
