import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { createCertificate } from "../../../src/certificate/index.js"
import { requireServer } from "../../support/real-servers.js"
import { RawClient, requestText } from "../../support/raw-client.js"
import { Served } from "../../support/served-webhook.js"

/** A finding of testssl. */
interface Finding {
  readonly id: string
  readonly severity: string
  readonly finding: string
}

/** The negative findings, each with its explanation. */
const explained: Readonly<Record<string, string>> = {
  engine_problem: "is said of the scanner's own OpenSSL",
  cert_trust: "the certificate is self-signed, for Telegram, which is sent it",
  cert_chain_of_trust: "the same",
  cert_validityPeriod: "the same: ten years, as nobody has to renew what Telegram is sent",
  cert_revocation: "the same: it is withdrawn by sending Telegram another one",
  HSTS: "is for browsers, and none comes here",
  security_headers: "the same",
}

const isWhole = process.env.SOUNDER_FULL_SCAN !== undefined
const served = Served.forEachTest()

test(
  "a scan of the server's TLS has only explained findings",
  { timeout: 600_000 },
  async (context) => {
    const testssl = requireServer("testssl", context)
    const names = ["127.0.0.1", "rsa.example.com"] as const
    const pairs = await Promise.all([
      createCertificate(names[0]),
      createCertificate(names[1], { keyType: "rsa" }),
    ])
    await served.start({ certificates: pairs })
    const folder = await mkdtemp(join(tmpdir(), "sounder-scan-"))
    const file = join(folder, "scan.json")
    const port = served.server.address?.port ?? 0
    const options = ["--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none"]
    // Protocols and forward secrecy only; the whole scan takes minutes.
    const what = isWhole ? [] : ["-p", "-f"]
    try {
      const scan = spawn(testssl, [...options, ...what, "--jsonfile", file, `127.0.0.1:${port}`], {
        stdio: "ignore",
      })
      await once(scan, "exit")
      // testssl's own JSON
      const findings = JSON.parse(await readFile(file, "utf8")) as Finding[]
      const versions = findings.filter(({ id }) => /^(SSLv|TLS1)/.test(id))
      expect(Object.fromEntries(versions.map(({ id, finding }) => [id, finding]))).toMatchObject({
        SSLv2: "not offered",
        SSLv3: "not offered",
        TLS1: "not offered",
        TLS1_1: "not offered",
        TLS1_2: "offered",
        TLS1_3: expect.stringMatching(/^offered/),
      })
      const disliked = findings.filter(({ severity }) => !["OK", "INFO"].includes(severity))
      expect(disliked.filter(({ id }) => !(id in explained))).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
    // The server still accepts connections.
    const client = await RawClient.openTls({ host: names[0], port, rejectUnauthorized: false })
    client.send(requestText('{"update_id":1}'))
    expect((await client.answer()).status).toBe(200)
    client.destroy()
  },
)
