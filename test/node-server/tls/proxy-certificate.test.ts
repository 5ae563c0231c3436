import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { connect, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer, type Server } from "node:tls"
import { afterEach, beforeEach, expect, test } from "vitest"
import { type CertificateAndKey, createCertificate } from "../../../src/certificate/index.js"
import { freePort } from "../../support/free-port.js"
import { untilTrue } from "../../support/waiting.js"
import { BusyBot } from "../../support/busy-bot.js"

const host = "bot.example.com"
let folder = ""
let bot: BusyBot
let proxy: Server | undefined
const sockets = new Set<Socket>()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-proxy-"))
  bot = await BusyBot.open(host)
})
afterEach(async () => {
  await bot[Symbol.asyncDispose]()
  for (const socket of sockets) socket.destroy()
  if (proxy) {
    proxy.close()
    await once(proxy, "close")
  }
  proxy = undefined
  await rm(folder, { recursive: true })
})

/** Starts a TLS terminator in front of the bot, as haproxy is. */
async function startProxy(pair: CertificateAndKey, to: number): Promise<Server> {
  const server = createServer({ ...pair }, (outside) => {
    const inside = connect(to, "127.0.0.1")
    for (const socket of [outside, inside]) {
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => {
        outside.destroy()
        inside.destroy()
      })
    }
    outside.pipe(inside).pipe(outside)
  })
  server.on("tlsClientError", () => {})
  server.listen(bot.port, "127.0.0.1")
  await once(server, "listening")
  return server
}

const uploads = () =>
  bot.telegram.calls.filter(({ method, status }) => method === "setWebhook" && status === 200)
    .length

test("a proxy's changed certificate is sent to Telegram together with the old one", async () => {
  const cert = join(folder, "cert.pem")
  const [first, second] = [await createCertificate(host), await createCertificate(host)]
  await writeFile(cert, first.cert)
  const port = await freePort()
  proxy = await startProxy(first, port)
  await bot.start({ port, cert })
  bot.said.length = 0
  bot.write(2)
  await bot.more(6)
  await writeFile(cert, second.cert)
  await untilTrue(() => uploads() === 2)
  await bot.more(6)
  proxy.setSecureContext({ ...second })
  for (const socket of sockets) socket.destroy()
  await bot.more(6)
  await bot.calm()
  expect(bot.failed.filter(({ error }) => /certificate/.test(error ?? ""))).toEqual([])
  expect(bot.warnings).toEqual([])
})

test("an invalid changed file of a proxy is not sent", async () => {
  const cert = join(folder, "cert.pem")
  const first = await createCertificate(host)
  await writeFile(cert, first.cert)
  const port = await freePort()
  proxy = await startProxy(first, port)
  await bot.start({ port, cert })
  bot.said.length = 0
  await writeFile(cert, (await createCertificate("other.example.com")).cert)
  await untilTrue(() => bot.warnings.length > 0)
  expect(bot.warnings).toEqual([expect.stringMatching(/cannot be used.*other\.example\.com/)])
  expect(uploads()).toBe(1)
})
