import { describe, expect, test } from "vitest"
import { Unauthorized } from "../../src/telegram/errors.js"
import { untilTrue } from "../support/waiting.js"
import { type Fault, refusal, webhookIsActive } from "../support/polled-telegram.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { ScriptedQueue } from "./scripted-queue.js"
import { secret, stage } from "./stage.js"

const html = "<html><body>502 Bad Gateway</body></html>"

describe("a transient failure", () => {
  const faults: [string, Fault, RegExp][] = [
    ["500", refusal(500, "Internal Server Error: restart"), /500: Internal Server Error/],
    ["502 with HTML", { status: 502, body: html }, /502/],
    ["200 with half a JSON", { status: 200, body: '{"ok":true,"resu' }, /getUpdates/],
    ["a cut connection", "cut", /closed the connection/],
    ["400", refusal(400, "Logged out"), /Logged out/],
  ]

  test.each(faults)("%s: it is logged once, and polling continues", async (_, fault, message) => {
    const { telegram, queue, logger, start } = await stage(() => "accept")
    telegram.fail("getUpdates", fault, fault)
    telegram.send()
    await start()
    await queue.untilPut(1)
    await telegram.untilLongPolled()
    expect(logger.at("warn")).toHaveLength(1)
    expect(logger.at("warn")[0]).toMatch(message)
    expect(logger.at("debug")[0]).toMatch(message)
    expect(logger.at("info")).toEqual(["info Telegram answers again; polling continues."])
    expect(queue.ids).toEqual([100])
    expect(logger.lines.join()).not.toContain(secret)
  })

  test("causes growing waits", async () => {
    const { telegram, start } = await stage()
    const fault = refusal(500, "Internal Server Error")
    telegram.fail("getUpdates", fault, fault, fault)
    await start()
    await telegram.untilCalled("getUpdates", 4)
    const times = telegram.polls.map(({ at }) => at)
    expect(times[1]! - times[0]!).toBeGreaterThan(240)
    expect(times[2]! - times[1]!).toBeGreaterThan(490)
    expect(times[3]! - times[2]!).toBeGreaterThan(990)
  })

  test("no answer at all: the deadline ends the call, and polling continues", async () => {
    const { telegram, queue, logger, start } = await stage(() => "accept")
    telegram.fail("getUpdates", "silence")
    telegram.send()
    await start({ timeout: 0, answerWithinMs: 300 })
    await queue.untilPut(1)
    expect(telegram.polls[0]?.wasCut).toBe(true)
    expect(logger.at("warn")[0]).toContain("did not answer within 300 ms")
  })

  test("429: polling waits as long as Telegram demands", async () => {
    const { telegram, queue, start } = await stage(() => "accept")
    const parameters = { retry_after: 2 }
    telegram.fail("getUpdates", refusal(429, "Too Many Requests: retry after 2", parameters))
    telegram.send()
    await start()
    await queue.untilPut(1)
    const [first, second] = telegram.polls
    expect(second!.at - first!.at).toBeGreaterThan(1950)
  })

  test("never delays the stop", async () => {
    const { telegram, start } = await stage()
    const parameters = { retry_after: 600 }
    telegram.fail("getUpdates", refusal(429, "Too Many Requests: retry after 600", parameters))
    const polling = await start()
    await telegram.untilCalled("getUpdates")
    const before = performance.now()
    await polling.finish()
    expect(performance.now() - before).toBeLessThan(15_000)
  })

  test("does not cause a second put of an update in progress", async () => {
    const { telegram, queue, start } = await stage()
    telegram.send()
    await start()
    await queue.untilPut(1)
    telegram.fail("getUpdates", "cut", { status: 502, body: html })
    await telegram.untilCalled("getUpdates", 5)
    expect(queue.ids).toEqual([100])
    ;(await queue.of(100)).resolve()
    await untilTrue(() => telegram.updates.length === 0)
  })
})

describe("a revoked token", () => {
  test.each([
    [401, "Unauthorized"],
    [404, "Not Found"],
  ])("%i ends polling with an error that gives the reason", async (status, description) => {
    const { telegram, queue, logger, start } = await stage(() => "accept")
    const polling = await start()
    await telegram.untilLongPolled()
    const refused = refusal(status, description)
    telegram.fail("getUpdates", refused, refused, refused, refused)
    telegram.send()
    await expect(polling.ended).rejects.toThrow(Unauthorized)
    await expect(polling.ended).rejects.toThrow(/Check the bot's token with @BotFather/)
    expect(logger.at("error")).toEqual([
      expect.stringMatching(/^error Polling has ended\. .*token/),
    ])
    expect(queue.ids).toEqual([100])
    const calls = telegram.calls.length
    await polling.finish()
    expect(telegram.calls).toHaveLength(calls)
  })

  test("that is valid again a second later ends nothing", async () => {
    const { telegram, queue, logger, start } = await stage(() => "accept")
    await start()
    await telegram.untilLongPolled()
    telegram.fail("getUpdates", refusal(401, "Unauthorized"))
    telegram.send()
    await untilTrue(() => logger.at("warn").length === 1)
    telegram.send()
    await queue.untilPut(2)
    expect(logger.at("error")).toEqual([])
    expect(logger.at("warn")).toHaveLength(1)
  })
})

describe("another process that polls", () => {
  test("makes this one stand by, and take over when the other one stops", async () => {
    const { telegram, queue, logger, start, newBot } = await stage(() => "accept")
    await start()
    await telegram.untilLongPolled()
    const otherQueue = new ScriptedQueue(() => "accept")
    const otherLogger = new RecordingLogger()
    const other = await start({ bot: newBot(), queue: otherQueue, logger: otherLogger })
    await untilTrue(() => logger.at("warn").length === 1)
    expect(logger.at("warn")[0]).toMatch(/409: Conflict: terminated by other getUpdates/)
    expect(logger.at("warn")[0]).toMatch(/stands by and takes over when the other one stops/)
    telegram.send()
    await otherQueue.untilPut(1)
    await other.finish()
    telegram.send()
    await queue.untilPut(1)
    expect(queue.ids).toEqual([101])
    expect(otherQueue.ids).toEqual([100])
    expect(logger.at("info")).toEqual(["info Took over polling for this bot."])
    expect(telegram.polls.at(-1)!.at - telegram.polls[0]!.at).toBeGreaterThan(3000)
  })

  test("does not make this one lose updates while both continue", async () => {
    const { telegram, queue, logger, start, newBot } = await stage(() => "accept")
    const otherLogger = new RecordingLogger()
    await start()
    await telegram.untilLongPolled()
    await start({ bot: newBot(), logger: otherLogger })
    // An update between the two first calls would go to both.
    await untilTrue(() => telegram.polls.length > 1)
    for (let count = 1; count <= 5; count += 1) {
      telegram.send()
      await queue.untilPut(count)
      await telegram.untilLongPolled()
    }
    await untilTrue(() => otherLogger.at("warn").length > 0)
    telegram.send()
    await queue.untilPut(6)
    expect(queue.ids).toEqual([100, 101, 102, 103, 104, 105])
    expect(logger.at("warn")).toHaveLength(1)
    expect(otherLogger.at("warn")).toHaveLength(1)
  })
})

describe("a webhook that is set while this process polls", () => {
  test.each(["Conflict: terminated by setWebhook request", webhookIsActive])(
    "is logged, with the fix: %s",
    async (description) => {
      const { telegram, logger, start } = await stage()
      const polling = await start()
      await telegram.untilLongPolled()
      telegram.conflict(description)
      await untilTrue(() => logger.at("warn").length === 1)
      expect(logger.at("warn")[0]).toMatch(/Delete it \(deleteWebhook\), or stop polling/)
      const before = performance.now()
      await polling.finish()
      // The wait itself lasts 30 s.
      expect(performance.now() - before).toBeLessThan(15_000)
      await polling.ended
    },
  )
})
