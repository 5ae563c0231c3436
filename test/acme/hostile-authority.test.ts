import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import type { RequestListener } from "node:http"
import { createServer } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { AcmeCertificate } from "../../src/acme/acme-certificate.js"
import { silentLogger } from "../../src/ground/logger.js"
import { SounderError } from "../../src/telegram/errors.js"
import { portOf } from "../support/free-port.js"

const json = { "content-type": "application/json", "replay-nonce": "abc" }

/** Servers with a directory that leads back to the server, and any answer to other requests. */
const authorities: Readonly<Record<string, RequestListener>> = {
  "a body that does not end": (_, response) => {
    response.writeHead(200, json)
    const timer = setInterval(() => response.write(Buffer.alloc(256 * 1024, 32)), 1)
    response.once("close", () => clearInterval(timer))
  },
  "a redirect": (_, response) =>
    void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
  "no JSON": (_, response) => void response.writeHead(200, json).end("<html>"),
  null: (_, response) => void response.writeHead(200, json).end("null"),
  "a list": (_, response) => void response.writeHead(200, json).end("[]"),
  "odd members": (_, response) =>
    void response.writeHead(200, json).end('{"newNonce":7,"newAccount":{},"newOrder":null}'),
  "a nonce of 100,000 characters": (_, response) =>
    void response.writeHead(200, { ...json, "replay-nonce": "n".repeat(100_000) }).end("{}"),
  "a refusal of 900,000 characters with escapes": (_, response) => {
    const detail = `\u001B[2J${"x".repeat(900_000)}`
    response.writeHead(403, json).end(JSON.stringify({ type: "constructor", detail }))
  },
  "a refusal of odd kinds": (_, response) =>
    void response.writeHead(403, json).end('{"type":7,"detail":{},"subproblems":{"a":1}}'),
  "subproblems of odd kinds": (_, response) =>
    void response
      .writeHead(403, json)
      .end('{"detail":"no","subproblems":[null,7,{"identifier":3}]}'),
  "nonces that are never right": (request, response) => {
    const root = `https://${request.headers.host}`
    const places = { newNonce: `${root}/n`, newAccount: `${root}/a`, newOrder: `${root}/o` }
    if (request.url === "/dir") response.writeHead(200, json).end(JSON.stringify(places))
    else if (request.url === "/n") response.writeHead(200, json).end()
    else response.writeHead(400, json).end('{"type":"urn:ietf:params:acme:error:badNonce"}')
  },
}

test.for(Object.entries(authorities))(
  "an authority with %s causes an error of one short line",
  async ([, listener]) => {
    const folder = mkdtempSync(join(tmpdir(), "sounder-acme-"))
    const pair = await createCertificate("127.0.0.1")
    const server = createServer(pair, (request, response) => {
      request.resume()
      listener(request, response)
    })
    await once(server.listen(0, "127.0.0.1"), "listening")
    const before = process.memoryUsage().rss
    try {
      const source = new AcmeCertificate({
        hosts: ["bot.example.com"],
        directoryCa: pair.cert,
        directory: `https://127.0.0.1:${portOf(server)}/dir`,
        termsOfServiceAgreed: true,
        folder,
        logger: silentLogger,
      })
      expect(await source.load()).toEqual([])
      const watch = source.watch(async () => {})
      const error: unknown = await watch.ready.catch((reason: unknown) => reason)
      await watch.stop()
      expect(error).toBeInstanceOf(SounderError)
      const { message } = error as SounderError
      expect(message).toMatch(/^No certificate for bot\.example\.com from 127\.0\.0\.1/)
      expect(message.length).toBeLessThan(1_500)
      expect(message).not.toMatch(/\p{Cc}/u)
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
      expect(readdirSync(folder, { recursive: true })).not.toContain("bot.example.com.pem")
    } finally {
      server.closeAllConnections()
      server.close()
      rmSync(folder, { recursive: true })
    }
  },
)
