import { describe, expect, test } from "vitest"
import { HandedBack, QueueFull } from "../../src/queue/update-queue.js"
import { pollingFailure } from "../../src/polling/polling-failure.js"
import { FailureReporter } from "../../src/polling/failure-reporter.js"
import { ApiError, NetworkError } from "../../src/telegram/errors.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { terminated, webhookIsActive } from "../support/polled-telegram.js"

const apiError = (errorCode: number, description: string, parameters?: object) =>
  ApiError.from({ method: "getUpdates", errorCode, description, parameters })

const cut = new NetworkError("getUpdates", "the connection was cut")
const otherPoller = apiError(409, terminated)
const webhook = apiError(409, webhookIsActive)

function reporter() {
  const logger = new RecordingLogger()
  const clock = { now: 0 }
  return { logger, clock, failures: new FailureReporter(1, logger, () => clock.now) }
}

describe("a failed call", () => {
  test.each([
    [apiError(401, "Unauthorized"), { kind: "unknown-token" }],
    [apiError(404, "Not Found"), { kind: "unknown-token" }],
    [apiError(404, "Not Found: method not found"), { kind: "unknown-token" }],
    [otherPoller, { kind: "other-poller" }],
    [webhook, { kind: "webhook" }],
    [apiError(409, "Conflict: terminated by setWebhook request"), { kind: "webhook" }],
    [
      apiError(429, "Too Many Requests", { retry_after: 7 }),
      { kind: "transient", atLeastMs: 7000 },
    ],
    [apiError(500, "Internal Server Error"), { kind: "transient", atLeastMs: 0 }],
    [apiError(400, "Logged out"), { kind: "transient", atLeastMs: 0 }],
    [cut, { kind: "transient", atLeastMs: 0 }],
    [new TypeError("anything"), { kind: "transient", atLeastMs: 0 }],
    ["no error at all", { kind: "transient", atLeastMs: 0 }],
  ])("%s is classified", (error, failure) => {
    expect(pollingFailure(error)).toEqual(failure)
  })
})

describe("transient failures", () => {
  test("cause doubled, partly random waits of at most 30 s", () => {
    const { failures: faults } = reporter()
    const waits = Array.from({ length: 12 }, () => faults.onCallFailed(cut)!)
    for (const [index, wait] of waits.entries()) {
      const full = Math.min(30_000, 500 * 2 ** index)
      expect(wait).toBeGreaterThanOrEqual(full / 2)
      expect(wait).toBeLessThanOrEqual(full)
    }
  })

  test("begin with a short wait again after an answer", () => {
    const { failures: faults } = reporter()
    for (let count = 0; count < 8; count += 1) faults.onCallFailed(cut)
    faults.onAnswer()
    expect(faults.onCallFailed(cut)).toBeLessThanOrEqual(500)
  })

  test("cause waits as long as Telegram demands", () => {
    const { failures: faults } = reporter()
    expect(faults.onCallFailed(apiError(429, "Too Many Requests", { retry_after: 90 }))).toBe(
      90_000,
    )
  })

  test("are warned of once, until Telegram answers", () => {
    const { failures: faults, logger } = reporter()
    faults.onCallFailed(cut)
    faults.onCallFailed(cut)
    faults.onAnswer()
    faults.onAnswer()
    faults.onCallFailed(cut)
    expect(logger.at("warn")).toHaveLength(2)
    expect(logger.at("debug")).toHaveLength(1)
    expect(logger.at("info")).toEqual(["info Telegram answers again; polling continues."])
  })
})

describe("an unknown token", () => {
  test("causes three more attempts, and then ends polling", () => {
    const { failures: faults, logger } = reporter()
    const waits = Array.from({ length: 4 }, () =>
      faults.onCallFailed(apiError(401, "Unauthorized")),
    )
    expect(waits).toEqual([1000, 2000, 4000, undefined])
    expect(logger.at("warn")).toHaveLength(1)
  })

  test("that is known again has no after-effect", () => {
    const { failures: faults, logger } = reporter()
    for (let count = 0; count < 2; count += 1) {
      for (let each = 0; each < 3; each += 1) faults.onCallFailed(apiError(401, "Unauthorized"))
      faults.onAnswer()
    }
    expect(faults.onCallFailed(apiError(401, "Unauthorized"))).toBe(1000)
    expect(logger.at("info")[0]).toBe("info Telegram accepts the token again; polling continues.")
  })
})

describe("another poller", () => {
  test("causes a wait of more than 3 s, then longer ones, at most 30 s", () => {
    const { failures: faults } = reporter()
    const waits = Array.from({ length: 10 }, () => faults.onCallFailed(otherPoller)!)
    expect(Math.min(...waits)).toBeGreaterThan(3000)
    expect(waits[0]).toBeLessThanOrEqual(4000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
    expect(waits[9]).toBeGreaterThan(16_000)
  })

  test("causes longer waits each time, also if calls succeed in between", () => {
    const { failures: faults, clock } = reporter()
    const waits = Array.from({ length: 6 }, () => {
      clock.now += 5000
      faults.onAnswer()
      return faults.onCallFailed(otherPoller)!
    })
    expect(waits[5]).toBeGreaterThan(waits[0]! * 3)
  })

  test("is warned of once, until a minute has passed without a conflict", () => {
    const { failures: faults, logger, clock } = reporter()
    for (let count = 0; count < 3; count += 1) {
      faults.onCallFailed(otherPoller)
      clock.now += 10_000
      faults.onAnswer()
    }
    expect(logger.at("warn")).toHaveLength(1)
    clock.now += 60_000
    faults.onAnswer()
    const wait = faults.onCallFailed(otherPoller)
    expect(logger.at("warn")).toHaveLength(2)
    expect(wait).toBeLessThanOrEqual(4000)
  })
})

describe("a set webhook", () => {
  test("is checked every 30 s, warned of once, and its end is logged", () => {
    const { failures: faults, logger } = reporter()
    expect([faults.onCallFailed(webhook), faults.onCallFailed(webhook)]).toEqual([30_000, 30_000])
    faults.onAnswer()
    expect(logger.at("warn")).toEqual([expect.stringMatching(/Delete it \(deleteWebhook\)/)])
    expect(logger.at("info")).toEqual(["info The webhook was deleted; polling continues."])
  })
})

describe("a queue that refuses updates", () => {
  test("causes growing waits of at most 5 s, until it accepts", () => {
    const { failures: faults } = reporter()
    const waits = Array.from({ length: 10 }, () => faults.onPutRejected(new QueueFull(3)))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(250)
    expect(Math.max(...waits)).toBeLessThanOrEqual(5000)
    expect(waits[9]).toBeGreaterThanOrEqual(2500)
    faults.onPutResolved()
    expect(faults.onPutRejected(new QueueFull(3))).toBeLessThanOrEqual(500)
  })

  test("is warned of once while it is full repeatedly", () => {
    const { failures: faults, logger, clock } = reporter()
    for (let count = 0; count < 5; count += 1) {
      clock.now += 1000
      faults.onPutRejected(new QueueFull(3))
      faults.onPutResolved()
    }
    expect(logger.at("warn")).toHaveLength(1)
    clock.now += 60_000
    faults.onPutResolved()
    faults.onPutRejected(new QueueFull(3))
    expect(logger.at("warn")).toHaveLength(2)
  })

  test("is an error if it is neither full nor stopping", () => {
    const { failures: faults, logger } = reporter()
    faults.onPutRejected(new HandedBack({ botId: 1, updateId: 2 }))
    faults.onPutRejected("disk full")
    expect(logger.at("debug")).toHaveLength(1)
    expect(logger.at("error")).toEqual([expect.stringContaining("disk full")])
  })
})
