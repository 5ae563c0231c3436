import { once } from "node:events"
import { describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { Polling } from "../../src/polling/polling.js"
import { NetworkError, Unauthorized } from "../../src/telegram/errors.js"
import { freePort } from "../support/free-port.js"
import { refusal } from "../support/polled-telegram.js"
import { ScriptedQueue } from "./scripted-queue.js"
import { secret, stage } from "./stage.js"

const html = { status: 502, body: "<html>502</html>" } as const

const hook = "https://example.com/hook"

describe("the start", () => {
  test("deletes the webhook first, logs its URL, and drops no update", async () => {
    const { telegram, queue, logger, start } = await stage(() => "accept")
    telegram.webhook = hook
    telegram.send()
    await start()
    await queue.untilPut(1)
    expect(telegram.calls[1]).toMatchObject({ method: "deleteWebhook", params: {} })
    expect(telegram.calls[1]?.params).toEqual({})
    expect(telegram.webhook).toBe("")
    expect(logger.at("warn")).toEqual([
      expect.stringMatching(
        /The webhook https:\/\/example\.com\/hook of this bot has been deleted/,
      ),
    ])
  })

  test("does not log a token in the webhook's URL", async () => {
    const { telegram, logger, start } = await stage(() => "accept")
    telegram.webhook = `${hook}/42:${secret}`
    await start()
    expect(logger.at("warn")).toHaveLength(1)
    expect(logger.at("warn")[0]).not.toContain(secret)
  })

  test("deletes no webhook if none is set", async () => {
    const { telegram, logger, start } = await stage(() => "accept")
    await start()
    await telegram.untilLongPolled()
    expect(telegram.calls.map(({ method }) => method)).toEqual(["getWebhookInfo", "getUpdates"])
    expect(logger.at("warn")).toEqual([])
  })

  test("deletes a possible webhook if a server does not report it", async () => {
    const { telegram, start } = await stage(() => "accept")
    telegram.fail("getWebhookInfo", { status: 200, body: '{"ok":true,"result":true}' })
    await start()
    expect(telegram.calls[1]).toMatchObject({ method: "deleteWebhook", params: {} })
  })

  test("drops waiting updates only on request", async () => {
    const { telegram, queue, start } = await stage(() => "accept")
    telegram.send()
    await start({ dropPendingUpdates: true })
    telegram.send()
    await queue.untilPut(1)
    expect(telegram.calls[1]?.params).toEqual({ drop_pending_updates: true })
    expect(queue.ids).toEqual([101])
  })

  test("resolves when Telegram has accepted it", async () => {
    const { telegram, start } = await stage()
    telegram.webhook = hook
    await start()
    expect(telegram.calls.map(({ method }) => method).slice(0, 2)).toEqual([
      "getWebhookInfo",
      "deleteWebhook",
    ])
  })

  test("rejects with Unauthorized for an unknown token, whatever the retry option", async () => {
    const { telegram, start } = await stage()
    telegram.fail("getWebhookInfo", refusal(401, "Unauthorized"))
    const starting = start({ bootstrapRetries: -1 })
    await expect(starting).rejects.toThrow(Unauthorized)
    await expect(starting).rejects.toThrow(/Check the bot's token with @BotFather/)
    expect(telegram.calls).toHaveLength(1)
  })

  test("rejects with advice when there is no network", async () => {
    const apiRoot = `http://127.0.0.1:${await freePort()}`
    await using bot = new Bot(`42:${secret}`, { apiRoot })
    const starting = Polling.start({ bot, queue: new ScriptedQueue() })
    await expect(starting).rejects.toThrow(NetworkError)
    await expect(starting).rejects.toThrow(/Polling has not started\. Check.*`bootstrapRetries`/s)
    await expect(starting).rejects.not.toThrow(secret)
  })

  test("rejects with Telegram's error, and leaves nothing running", async () => {
    const { telegram, start } = await stage()
    telegram.fail("getWebhookInfo", html)
    await expect(start()).rejects.toThrow(/502/)
    expect(telegram.calls).toHaveLength(1)
    expect(telegram.polls).toEqual([])
  })

  test("is repeated as often as bootstrapRetries permits", async () => {
    const { telegram, logger, start } = await stage()
    telegram.fail("getWebhookInfo", "cut", html, refusal(500, "Internal Server Error"))
    await start({ bootstrapRetries: 3 })
    expect(telegram.calls.filter(({ method }) => method === "getWebhookInfo")).toHaveLength(4)
    expect(logger.at("warn")).toHaveLength(3)
    expect(logger.at("warn")[0]).toMatch(/Trying again in \d+ s/)
  })

  test("and not more often", async () => {
    const { telegram, start } = await stage()
    telegram.fail("getWebhookInfo", "cut", "cut", "cut")
    await expect(start({ bootstrapRetries: 1 })).rejects.toThrow(NetworkError)
    expect(telegram.calls).toHaveLength(2)
  })

  test("is repeated for ever with -1", async () => {
    const { telegram, start } = await stage()
    telegram.fail("getWebhookInfo", html, html, html)
    await start({ bootstrapRetries: -1 })
    expect(telegram.calls.filter(({ method }) => method === "getWebhookInfo")).toHaveLength(4)
  })

  test("waits as long as Telegram demands", async () => {
    const { telegram, start } = await stage()
    const parameters = { retry_after: 1 }
    telegram.fail("getWebhookInfo", refusal(429, "Too Many Requests: retry after 1", parameters))
    const before = performance.now()
    await start({ bootstrapRetries: 1 })
    expect(performance.now() - before).toBeGreaterThan(950)
  })

  test("ends with an abort, while it waits for an answer or for the next attempt", async () => {
    const { telegram, start } = await stage()
    for (const fault of ["silence", html] as const) {
      const abort = new AbortController()
      const reason = new Error("not wanted any more")
      telegram.fail("getWebhookInfo", fault, html, html)
      const before = telegram.calls.length
      const starting = start({ bootstrapRetries: -1, signal: abort.signal })
      await telegram.untilCalled("getWebhookInfo", before + 1)
      abort.abort(reason)
      await expect(starting).rejects.toBe(reason)
      telegram.faults.clear()
    }
    expect(telegram.polls).toEqual([])
  })

  test("makes no call if its signal has already aborted", async () => {
    const { telegram, start } = await stage()
    const reason = new Error("too late")
    await expect(start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(telegram.calls).toEqual([])
  })

  test("does not react to its signal once it has finished", async () => {
    const { telegram, start } = await stage()
    const abort = new AbortController()
    await start({ signal: abort.signal })
    await telegram.untilLongPolled()
    abort.abort()
    await once(AbortSignal.timeout(50), "abort")
    expect(telegram.isLongPolled).toBe(true)
  })
})

describe("the options", () => {
  const wrong: [Record<string, unknown>, string][] = [
    [
      { timeout: 51 },
      "Expected the `timeout` option to be an integer from 0 to 50, got `51` (number).",
    ],
    [{ timeout: 1.5 }, "Expected the `timeout` option to be an integer from 0 to 50"],
    [{ limit: 0 }, "Expected the `limit` option to be an integer from 1 to 100, got `0` (number)."],
    [
      { limit: "5" },
      'Expected the `limit` option to be an integer from 1 to 100, got `"5"` (string).',
    ],
    [
      { bootstrapRetries: -2 },
      "Expected the `bootstrapRetries` option to be an integer of at least -1, got `-2` (number).",
    ],
    [
      { dropPendingUpdates: "yes" },
      'Expected the `dropPendingUpdates` option to be a boolean, got `"yes"` (string).',
    ],
    [
      { allowedUpdates: "message" },
      'Expected the `allowedUpdates` option to be an array of update types, got `"message"` (string).',
    ],
    [
      { allowedUpdates: [7] },
      "Expected the `allowedUpdates` option to be an array of update types",
    ],
    [{ answerWithinMs: -1 }, "Expected the `answerWithinMs` option to be a number of milliseconds"],
  ]

  test.each(wrong)("%j is refused before any request", async (options, message) => {
    const { telegram, start } = await stage()
    const starting = start(options)
    await expect(starting).rejects.toThrow(TypeError)
    await expect(starting).rejects.toThrow(message)
    expect(telegram.calls).toEqual([])
  })

  test("are never changed", async () => {
    const { start } = await stage()
    const options = Object.freeze({ limit: 10 })
    await start(options)
    expect(options).toEqual({ limit: 10 })
  })
})
