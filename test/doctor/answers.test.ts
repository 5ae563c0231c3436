import type { RequestListener } from "node:http"
import { describe, expect, test } from "vitest"
import type { FindingCode } from "../../src/doctor/index.js"
import {
  explainWebhookError,
  type WebhookErrorCode,
} from "../../src/telegram/webhook-errors/explain-webhook-error.js"
import { Stage } from "../support/doctor-stage.js"

const page = "<!doctype html><html><head><title>Welcome</title></head><body>…</body></html>"

/** The answer of another server to every request. */
interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Only longer bodies, in bytes, get this answer; others succeed. Default: all. */
  readonly aboveBytes?: number
  /** The doctor's finding, with the bot's token and without. */
  readonly found: FindingCode
  /** A further finding with the token: Telegram is refused as well. */
  readonly andWithToken?: FindingCode
  /** The explanation of Telegram's error; `undefined` if Telegram reports none. */
  readonly explained: WebhookErrorCode | undefined
}

const answers: Readonly<Record<string, Answer>> = {
  "a password is asked for": {
    status: 401,
    headers: { "www-authenticate": 'Basic realm="site"' },
    found: "asks-for-login",
    explained: "wrong-secret",
  },
  "a page to log in": { status: 401, body: page, found: "web-page", explained: "wrong-secret" },
  "a page that refuses": {
    status: 403,
    body: page,
    found: "refused-here",
    andWithToken: "delivery-fails",
    explained: "forbidden-by-proxy",
  },
  "a page for everything": { status: 200, body: page, found: "web-page", explained: undefined },
  "a challenge of Cloudflare's": {
    status: 403,
    headers: { "cf-mitigated": "challenge" },
    body: page,
    found: "refused-here",
    andWithToken: "delivery-fails",
    explained: "forbidden-by-proxy",
  },
  "a certificate of the client is asked for": {
    status: 400,
    body: "<html><head><title>400 No required SSL certificate was sent</title></head></html>",
    found: "wants-client-certificate",
    explained: "bad-request",
  },
  "ngrok without its tunnel": {
    status: 404,
    headers: { "ngrok-error-code": "ERR_NGROK_3200" },
    found: "tunnel-ended",
    explained: "wrong-path",
  },
  "ngrok without its bot": {
    status: 502,
    headers: { "ngrok-error-code": "ERR_NGROK_8012" },
    found: "proxy-cannot-reach-bot",
    explained: "proxy-lost-bot",
  },
  "a tunnel of Cloudflare's that has ended": {
    status: 530,
    body: "error code: 1033",
    found: "tunnel-ended",
    explained: "proxy-lost-bot",
  },
  "localhost.run without its tunnel": {
    status: 503,
    body: "no tunnel here :(",
    found: "tunnel-ended",
    explained: "not-ready",
  },
  "Railway without a program": {
    status: 404,
    headers: { "x-railway-fallback": "true" },
    found: "host-without-app",
    explained: "wrong-path",
  },
  "Heroku without a program": {
    status: 404,
    body: `<html><iframe src="//www.herokucdn.com/error-pages/no-such-app.html"></iframe></html>`,
    found: "host-without-app",
    explained: "wrong-path",
  },
  "Render without a program": {
    status: 404,
    headers: { "x-render-routing": "no-server" },
    found: "host-without-app",
    explained: "wrong-path",
  },
  "Vercel without a program": {
    status: 404,
    headers: { "x-vercel-error": "DEPLOYMENT_NOT_FOUND" },
    found: "host-without-app",
    explained: "wrong-path",
  },
  "a firewall that refuses long bodies": {
    status: 403,
    aboveBytes: 8_192,
    found: "body-limit",
    explained: "forbidden-by-proxy",
  },
  "402": { status: 402, found: "wrong-status", explained: "payment-required" },
  "406": { status: 406, found: "wrong-status", explained: "refused-by-firewall" },
  "410": { status: 410, found: "wrong-status", explained: "gone" },
  "418": { status: 418, found: "wrong-status", explained: "wrong-status" },
  "429": { status: 429, found: "wrong-status", explained: "rate-limited" },
  "500": { status: 500, found: "server-error", explained: "server-failed" },
  "530": { status: 530, found: "proxy-cannot-reach-bot", explained: "proxy-lost-bot" },
}

describe("the answering party is recognized by more than the status", () => {
  test.for(Object.entries(answers))("%s", async ([, answer]) => {
    const {
      status,
      headers = {},
      body = "",
      aboveBytes = -1,
      found,
      andWithToken,
      explained,
    } = answer
    await using stage = await Stage.open()
    const listener: RequestListener = (request, response) => {
      const type = { "content-type": body === page ? "text/html; charset=utf-8" : "text/plain" }
      const isFine = Number(request.headers["content-length"] ?? 0) <= aboveBytes
      request.resume().once("end", () => {
        if (isFine) response.writeHead(200).end()
        else response.writeHead(status, { ...type, ...headers }).end(body)
      })
    }
    await stage.serve(listener, { pair: stage.right })
    await stage.register()
    // JSON writes these letters with six characters each.
    await stage.write("ы".repeat(4_000))
    const { last_error_message: text } = await stage.bot.getWebhookInfo()
    expect(text && explainWebhookError(text).code).toBe(explained)
    for (const withoutBot of [true, false]) {
      const options = withoutBot ? { withoutBot, cert: stage.right.cert } : {}
      const { findings } = await stage.examine(options)
      const more = !withoutBot && andWithToken !== undefined ? [andWithToken] : []
      expect(findings.map(({ code }) => code)).toEqual([found, ...more])
    }
  })
})

describe("a status that Telegram counts as a failure is a fault, unless the bot may return it", () => {
  const own = [400, 401, 403, 422]
  const statuses = Array.from({ length: 400 }, (_, index) => 200 + index)

  test("with every status", async () => {
    await using stage = await Stage.open()
    let status = 200
    const listener: RequestListener = (request, response) => {
      request.resume()
      response.writeHead(status).end()
    }
    await stage.serve(listener, { pair: stage.right })
    for (status of statuses) {
      const { findings } = await stage.examine({
        withoutBot: true,
        cert: stage.right.cert,
        only: ["url", "dns", "connection", "tls", "answer"],
      })
      const isFault = findings.some(({ level }) => level === "fault")
      const { code } = explainWebhookError(`Wrong response from the webhook: ${status} Any Reason`)
      expect({ status, isFault, isExplained: code !== "unknown" }).toEqual({
        status,
        isFault: status >= 300 && !own.includes(status),
        isExplained: true,
      })
    }
  })
})

describe("a long update is refused", () => {
  test.for([400, 403, 406, 413, 500, 502])("with %i, if a short one is not", async (refusal) => {
    await using stage = await Stage.open()
    const listener: RequestListener = (request, response) => {
      const isLong = Number(request.headers["content-length"] ?? 0) > 8192
      request.resume().once("end", () => response.writeHead(isLong ? refusal : 200).end())
    }
    await stage.serve(listener, { pair: stage.right })
    const { findings } = await stage.examine({ withoutBot: true, cert: stage.right.cert })
    expect(findings.map(({ code }) => code)).toEqual(["body-limit"])
  })
})

describe("a user and a password in the URL", () => {
  test("are sent as by Telegram, so that the doctor passes the authentication", async () => {
    await using stage = await Stage.open()
    const seen = new Set<string | undefined>()
    const listener: RequestListener = (request, response) => {
      request.resume()
      seen.add(request.headers.authorization)
      response.writeHead(request.headers.authorization === undefined ? 401 : 404).end()
    }
    await stage.serve(listener, { pair: stage.right })
    const url = "https://ada:p%40ss@bot.example.com/hook"
    const { findings } = await stage.examine({ withoutBot: true, cert: stage.right.cert }, url)
    expect(findings.map(({ code }) => code)).toEqual(["wrong-path"])
    expect([...seen]).toEqual([`Basic ${Buffer.from("ada:p@ss").toString("base64")}`])
    expect(JSON.stringify(findings)).not.toContain("p%40ss")
  })
})
