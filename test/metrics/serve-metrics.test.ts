import { describe, expect, onTestFinished, test } from "vitest"
import { Metrics, serveMetrics } from "../../src/metrics/index.js"
import type { MetricsPageOptions } from "../../src/node-server/pages/metrics-page.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"

const empty = { contentType: "text/plain", text: () => Promise.resolve("") }
const token = "a-token-for-metrics"

describe("a webhook server", () => {
  test("shows no metrics by default", async () => {
    const origin = await serving(undefined)
    expect((await fetch(`${origin}/metrics`)).status).toBe(404)
  })

  test("shows them to a client with their token, in the format of Prometheus", async () => {
    const origin = await serving({ source: counting(), token })
    const response = await fetch(`${origin}/metrics`, { headers: bearer(token) })
    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
    expect(await response.text()).toMatch(/^# HELP sounder_/)
  })

  test.each([
    ["no token", {}],
    ["a wrong one", bearer("a-token-for-metricS")],
    ["the beginning of it", bearer("a-token")],
    ["it in another scheme", { authorization: `Basic ${token}` }],
  ])("answers 401 to %s, and collects nothing", async (_given, headers: Record<string, string>) => {
    let reads = 0
    const source = { contentType: "text/plain", text: async () => String((reads += 1)) }
    const origin = await serving({ source, token })
    const response = await fetch(`${origin}/metrics`, { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get("www-authenticate")).toContain("Bearer")
    expect(await response.text()).not.toContain(token)
    expect(reads).toBe(0)
  })

  test("collects them once for concurrent requests", async () => {
    let reads = 0
    let finish = () => {}
    const made = new Promise<void>((resolve) => (finish = resolve))
    const source = {
      contentType: "text/plain",
      text: async () => {
        reads += 1
        await made
        return `read ${reads}`
      },
    }
    const origin = await serving({ source, path: "numbers", token: false })
    const read = async () => (await fetch(`${origin}/numbers`)).text()
    const answers = Array.from({ length: 20 }, read)
    finish()
    expect(new Set(await Promise.all(answers))).toEqual(new Set(["read 1"]))
    expect(await read()).toBe("read 1")
  })

  test.each<[string, object]>([
    ["a text that is none", { contentType: "text/plain", text: async () => 5 }],
    ["no text", { contentType: "text/plain", text: async () => undefined }],
    ["a content type with a line break", { contentType: "a\r\nb: c", text: async () => "x" }],
    ["no content type", { text: async () => "x" }],
    [
      "what throws",
      {
        contentType: "text/plain",
        text(): never {
          throw new Error("Broken")
        },
      },
    ],
  ])("answers 500 to %s of a custom source, and continues", async (_, source) => {
    // As in a program without types.
    const origin = await serving({ source, token: false } as unknown as MetricsPageOptions)
    for (let round = 0; round < 2; round += 1) {
      expect((await fetch(`${origin}/metrics`)).status).toBe(500)
    }
    expect((await fetch(`${origin}/health`)).status).toBe(200)
  })

  test("answers 500 if they cannot be read, and continues", async () => {
    const source = { contentType: "text/plain", text: () => Promise.reject(new Error("Broken")) }
    const origin = await serving({ source, token: false })
    const response = await fetch(`${origin}/metrics`)
    expect([response.status, await response.text()]).toEqual([
      500,
      "The metrics could not be read.\n",
    ])
    expect((await fetch(`${origin}/health`)).status).toBe(200)
  })

  test.each([
    [{ source: {}, token }, /`metrics.source`/],
    [{ source: empty, token: "" }, /`metrics.token`/],
    [{ source: empty }, /`metrics.token`/],
    [{ source: empty, token, path: "" }, /`metrics.path`/],
  ])("refuses wrong options with a TypeError: %o", (metrics, message) => {
    // A program in JavaScript may pass this.
    const make = () => new WebhookServer({ metrics: metrics as MetricsPageOptions })
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})

describe("a port of their own", () => {
  test("listens on this machine only by default, and needs no token", async () => {
    const server = await serveMetrics(counting(), { port: 0 })
    onTestFinished(() => server.close())
    const { host, port } = server.address
    expect(host).toBe("127.0.0.1")
    const shown = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    expect(shown).toContain("process_cpu_seconds_total")
  })

  test("can require a token, and have another path", async () => {
    await using server = await serveMetrics(counting(), { port: 0, path: "/numbers", token })
    const url = `http://127.0.0.1:${server.address.port}/numbers`
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: bearer(token) })).status).toBe(200)
  })

  test("in use is a `listen-failed`, and can be opened once it is free", async () => {
    const first = await serveMetrics(counting(), { port: 0 })
    const { port } = first.address
    await expect(serveMetrics(counting(), { port })).rejects.toMatchObject({
      code: "listen-failed",
    })
    await first.close()
    await using second = await serveMetrics(counting(), { port })
    expect(second.address.port).toBe(port)
  })
})

async function serving(metrics: MetricsPageOptions | undefined): Promise<string> {
  const server = new WebhookServer({ port: 0, metrics })
  onTestFinished(() => server.close())
  const { port } = await server.start()
  return `http://127.0.0.1:${port}`
}

function counting(): Metrics {
  const metrics = new Metrics()
  onTestFinished(() => metrics[Symbol.dispose]())
  return metrics
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}
