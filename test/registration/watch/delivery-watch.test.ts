import { afterEach, describe, expect, test, vi } from "vitest"
import { createCertificate } from "../../../src/certificate/index.js"
import {
  DeliveryWatch,
  type DeliveryWatchOptions,
} from "../../../src/registration/watch/delivery-watch.js"
import { WantedWebhook } from "../../../src/registration/wanted-webhook.js"
import type { WebhookRegistration } from "../../../src/registration/registration.js"
import { untilTrue } from "../../support/waiting.js"
import { apiError } from "../../support/webhook-telegram.js"
import { Started } from "../../support/started-webhook.js"

const started = Started.forEachTest()
const url = "https://example.com/hook"
const watches: DeliveryWatch[] = []

afterEach(() => {
  for (const watch of watches.splice(0)) watch.stop()
})

/** Registers a webhook and watches it with short waits. */
async function watch(
  options: Partial<DeliveryWatchOptions> & { registration?: Partial<WebhookRegistration> } = {},
): Promise<void> {
  const { registration, ...more } = options
  const { bot, logger } = started
  const wanted: WebhookRegistration = {
    url,
    certificate: undefined,
    maxConnections: undefined,
    allowedUpdates: undefined,
    ipAddress: undefined,
    secretToken: "right",
    ...registration,
  }
  await bot.setWebhook({
    url,
    secret_token: "right",
    ...(wanted.allowedUpdates && { allowed_updates: [...wanted.allowedUpdates] }),
  })
  watches.push(
    new DeliveryWatch({
      bot,
      logger,
      wanted: new WantedWebhook(wanted),
      since: 0,
      hasRegistered: true,
      reconcile: "repair",
      certificate: () => Promise.resolve(undefined),
      waitsMs: [20],
      graceMs: 60,
      ...more,
    }),
  )
}

const sets = () => started.telegram.methods.filter((method) => method === "setWebhook").length
const checks = () => started.telegram.methods.filter((method) => method === "getWebhookInfo").length
const warnings = () => started.logger.warn.mock.calls.map(([text]: string[]) => text)

/** Waits for `count` more checks. */
async function moreChecks(count: number): Promise<void> {
  const before = checks()
  await untilTrue(() => checks() >= before + count)
}

describe("a webhook that another program", () => {
  test("has removed is registered again, with its secret, and both are logged", async () => {
    await watch()
    await moreChecks(1)
    started.telegram.info = { ...started.telegram.info, url: "" }
    await untilTrue(() => started.telegram.info.url === url)
    await moreChecks(2)
    expect(sets()).toBe(2)
    expect(started.telegram.registered?.secret_token).toBe("right")
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^Another program has removed the webhook\. This process receives no updates\. Sounder repairs it in 1 s/,
      ),
    ])
    expect(started.logger.info).toHaveBeenCalledWith(
      "Registered the webhook again, which another program had removed",
    )
  })

  test.each([
    ["moved", { url: "https://elsewhere.example/x" }, /at another URL, on elsewhere\.example/],
    ["given another max_connections", { max_connections: 1 }, /max_connections 1/],
    ["given a certificate", { has_custom_certificate: true }, /an uploaded certificate/],
  ])("has %s is restored", async (_, change, words) => {
    await watch()
    await moreChecks(1)
    started.telegram.info = { ...started.telegram.info, ...change }
    await untilTrue(() => sets() === 2)
    expect(started.telegram.info).toMatchObject({
      url,
      max_connections: 40,
      has_custom_certificate: false,
    })
    expect(warnings()).toEqual([expect.stringMatching(words)])
  })

  test("has changed is only logged, once, if so configured", async () => {
    await watch({ reconcile: "report" })
    await moreChecks(1)
    started.telegram.info = { ...started.telegram.info, url: "" }
    await moreChecks(10)
    expect(sets()).toBe(1)
    expect(warnings()).toEqual([
      expect.stringMatching(/does not repair it, because of the option `reconcile`/),
    ])
  })

  test("changes repeatedly is not restored each time", async () => {
    await watch()
    await moreChecks(1)
    const remove = () => (started.telegram.info = { ...started.telegram.info, url: "" })
    remove()
    await untilTrue(() => sets() === 2)
    remove()
    // The second repair is five minutes later.
    await moreChecks(10)
    expect(sets()).toBe(2)
    expect(warnings()).toHaveLength(2)
    expect(warnings()[1]).toMatch(/Sounder repairs it in 5 minutes/)
  })
})

describe("update types unknown to the Bot API server", () => {
  test("are not requested repeatedly", async () => {
    await watch({ registration: { allowedUpdates: ["message", "subscription"] } })
    started.telegram.info = { ...started.telegram.info, allowed_updates: ["message"] }
    await moreChecks(10)
    expect(sets()).toBe(1)
    expect(warnings()).toEqual([])
    started.telegram.info = { ...started.telegram.info, allowed_updates: [] }
    await untilTrue(() => sets() === 2)
  })
})

describe("a problem", () => {
  test("at Telegram is explained once", async () => {
    await watch()
    for (const last_error_date of [1, 2, 3]) {
      const last_error_message = "Connection refused"
      started.telegram.info = { ...started.telegram.info, last_error_date, last_error_message }
      await moreChecks(2)
    }
    expect(warnings()).toEqual([
      expect.stringMatching(/could not deliver .* Connection refused\. /),
    ])
  })

  test("with the number of waiting updates is logged when the number grows", async () => {
    await watch()
    for (const pending_update_count of [100, 200, 300, 310]) {
      started.telegram.info = { ...started.telegram.info, pending_update_count }
      await moreChecks(2)
    }
    // A check that sees the same number as the one before ends a row of growing numbers.
    expect(warnings()).toEqual([])
    let pending = 400
    const grow = (response: import("node:http").ServerResponse) => {
      pending += 100
      const result = { ...started.telegram.info, pending_update_count: pending }
      response.end(JSON.stringify({ ok: true, result }))
    }
    started.telegram.scripts.set("getWebhookInfo", [grow, grow, grow, grow])
    await untilTrue(() => warnings().length > 0)
    expect(warnings()).toEqual([expect.stringMatching(/^\d+ updates are pending at Telegram/)])
  })

  test("with the certificate's validity is logged before the expiry", async () => {
    const { cert } = await createCertificate("example.com", { days: 1 })
    const old = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 23.9 * 3_600_000)
    await watch({ certificate: () => Promise.resolve(cert) })
    await untilTrue(() => warnings().length > 0)
    await moreChecks(3)
    old.mockRestore()
    expect(warnings()).toEqual([expect.stringMatching(/\(CN=example\.com\) expires in 1 hours/)])
  })

  test("with a check does not end the checks", async () => {
    await watch({ certificate: () => Promise.reject(new Error("unreadable")) })
    started.telegram.scripts.set("getWebhookInfo", [apiError(500, "Internal")])
    await moreChecks(3)
    expect(warnings()).toContain(
      "Could not check the expiry of the webhook's certificate: unreadable",
    )
    expect(started.logger.debug).toHaveBeenCalledWith(expect.stringMatching(/^Could not check/))
  })

  test("with a repair is logged", async () => {
    await watch()
    await moreChecks(1)
    started.telegram.scripts.set("setWebhook", [apiError(400, "Bad Request: bad webhook: no")])
    started.telegram.info = { ...started.telegram.info, url: "" }
    await untilTrue(() => warnings().length === 2)
    expect(warnings()[1]).toMatch(/^Could not repair the webhook: Telegram refused the webhook/)
  })
})

describe("a secret that another program has changed, which Telegram never shows,", () => {
  const refused = () => {
    const { telegram } = started
    const last_error_message = "Wrong response from the webhook: 401 Unauthorized"
    const last_error_date = (telegram.info.last_error_date ?? 0) + 1
    telegram.info = { ...telegram.info, last_error_date, last_error_message }
  }

  /** Makes a new failure visible at each check. */
  async function failing(until: () => boolean): Promise<void> {
    while (!until()) {
      refused()
      await moreChecks(1)
    }
  }

  test("is restored after the delay, with the process's own", async () => {
    await watch()
    await started.bot.setWebhook({ url })
    await failing(() => sets() === 3)
    expect(started.telegram.registered?.secret_token).toBe("right")
  })

  test("is only logged if the option `reconcile` says so", async () => {
    await watch({ reconcile: "report" })
    await started.bot.setWebhook({ url })
    const before = checks()
    await failing(() => checks() > before + 10)
    expect(sets()).toBe(2)
    expect(warnings().join()).toContain("401 Unauthorized")
  })
})

describe("on a Bot API server that drops unknown update types", () => {
  test("a later change of the certificate is not a difference", async () => {
    const { bot, logger, telegram } = started
    const { cert } = await createCertificate("example.com")
    const wanted = new WantedWebhook({
      url,
      certificate: cert,
      maxConnections: undefined,
      allowedUpdates: ["message", "poll"],
      ipAddress: undefined,
      secretToken: undefined,
    })
    const has_custom_certificate = true
    await bot.setWebhook({ url })
    telegram.info = { ...telegram.info, url, allowed_updates: ["message"], has_custom_certificate }
    const rest = {
      since: 0,
      hasRegistered: true,
      reconcile: "repair",
      waitsMs: [20],
      graceMs: 60,
    } as const
    const certificate = () => Promise.resolve(undefined)
    watches.push(new DeliveryWatch({ bot, logger, wanted, certificate, ...rest }))
    await moreChecks(2)
    // With the next answer, so that no check has seen only one of the two changes.
    const changed = { ...telegram.info, has_custom_certificate: false }
    Object.defineProperty(telegram, "info", {
      get() {
        wanted.setCertificate(undefined)
        return changed
      },
    })
    await moreChecks(6)
    expect(sets()).toBe(1)
    expect(warnings()).toEqual([])
  })
})
