import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { X509Certificate } from "node:crypto"
import { expect, onTestFinished, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { createCertificate } from "../../src/certificate/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { Metrics } from "../../src/metrics/index.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Simulator } from "@sounder/simulator"
import { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"
import { requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"

const token = "a-token-for-prometheus"

test("a real Prometheus reads the metrics of a webhook server over TLS, including the certificate's expiry", async (context) => {
  const program = requireServer("prometheus", context)
  await using telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "scraped_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
  using metrics = new Metrics()
  await using updater = new Updater({ bot, logger: silentLogger })
  updater.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
  const { key, cert } = await createCertificate("127.0.0.1")
  const port = await freePort()
  const webhookUrl = `https://127.0.0.1:${port}/hook`
  await updater.startWebhook({ port, key, cert, webhookUrl, metrics: { source: metrics, token } })
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "/start")
  await ada.hears()

  const ask = await prometheus(program, port)
  const valueOf = async (query: string) => Number((await ask(query)) ?? Number.NaN)
  await untilTrue(async () => (await valueOf("up")) === 1)
  await untilTrue(
    async () => (await valueOf('sounder_updates_handled_total{outcome="done"}')) === 1,
  )
  expect(
    await valueOf("histogram_quantile(0.5, sounder_handle_duration_seconds_bucket)"),
  ).toBeLessThan(60)
  const ends = Date.parse(new X509Certificate(cert).validTo) / 1000
  expect(await valueOf("sounder_certificate_expiry_timestamp_seconds")).toBe(ends)
  await updater.stop()
})

test("metrics are the server's own if several bots share the server", async () => {
  const bot = new Bot("1:a")
  const updater = new Updater({ bot, logger: silentLogger })
  await using server = new WebhookServer({ port: 0 })
  using metrics = new Metrics()
  const start = updater.startWebhook({ server, metrics: { source: metrics, token } })
  await expect(start).rejects.toThrow(/`metrics`.*`server`/)
})

/**
 * Starts a Prometheus that reads the metrics at a port. Returns a function that queries a value.
 */
async function prometheus(
  program: string,
  metricsPort: number,
): Promise<(query: string) => Promise<string | undefined>> {
  const folder = mkdtempSync(join(tmpdir(), "sounder-prometheus-"))
  const port = await freePort()
  const job = {
    job_name: "bot",
    scheme: "https",
    scrape_interval: "1s",
    authorization: { credentials: token },
    tls_config: { insecure_skip_verify: true },
    static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }],
  }
  // JSON is valid YAML.
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify({ scrape_configs: [job] }))
  const running = spawn(
    program,
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { stdio: "ignore" },
  )
  onTestFinished(async () => {
    running.kill()
    await once(running, "exit")
    rmSync(folder, { recursive: true })
  })
  return async (query) => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`
    try {
      // the form of Prometheus' answer for one value
      const answer = (await (await fetch(url)).json()) as {
        data: { result: { value: [number, string] }[] }
      }
      return answer.data.result[0]?.value[1]
    } catch {
      return undefined
    }
  }
}
