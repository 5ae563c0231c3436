import { once } from "node:events"
import { createServer, type Server } from "node:https"
import { beforeAll, expect, test } from "vitest"
import { certificateProblems } from "../../src/certificate/index.js"
import { Simulator } from "../../src/simulator/index.js"
import { portOf } from "../support/free-port.js"
import { opensslCertificate, type Pair } from "./openssl.js"

const host = "bot.example.com"
let root: Pair
let lower: Pair
let leaf: Pair
let direct: Pair

beforeAll(async () => {
  root = await opensslCertificate({ commonName: "A Root", isAuthority: true })
  const upper = await opensslCertificate({
    commonName: "An Upper Authority",
    isAuthority: true,
    issuer: root,
  })
  lower = await opensslCertificate({
    commonName: "A Lower Authority",
    isAuthority: true,
    issuer: upper,
  })
  lower = { ...lower, cert: lower.cert + upper.cert }
  leaf = await opensslCertificate({ commonName: host, names: `DNS:${host}`, issuer: lower })
  direct = await opensslCertificate({ commonName: host, names: `DNS:${host}`, issuer: root })
})

/** What is served and, where something is, uploaded; the root is what everybody trusts. */
interface Cell {
  readonly cert: string
  readonly key: string
  readonly uploaded: boolean
}

const half = (index: 0 | 1) => lower.cert.split(/(?<=-----END CERTIFICATE-----\n)/)[index] ?? ""

test.for<readonly [string, () => Cell, readonly string[]]>([
  ["a whole chain", () => ({ ...leaf, cert: leaf.cert + lower.cert, uploaded: false }), []],
  [
    "a whole chain with its root",
    () => ({ ...leaf, cert: leaf.cert + lower.cert + root.cert, uploaded: false }),
    [],
  ],
  ["an authority everybody trusts, directly", () => ({ ...direct, uploaded: false }), []],
  ["missing intermediates", () => ({ ...leaf, uploaded: false }), ["missing-intermediate"]],
  [
    "issuers in the wrong order",
    () => ({ ...leaf, cert: leaf.cert + half(1) + half(0), uploaded: false }),
    [],
  ],
  [
    "the server's own at the end",
    () => ({ ...leaf, cert: lower.cert + leaf.cert, uploaded: false }),
    ["server-certificate-not-first"],
  ],
  [
    "an uploaded chain without its root",
    () => ({ ...leaf, cert: leaf.cert + lower.cert, uploaded: true }),
    ["issuer-not-uploaded"],
  ],
  [
    "an uploaded chain with its root",
    () => ({ ...leaf, cert: leaf.cert + lower.cert + root.cert, uploaded: true }),
    [],
  ],
  [
    "the authority's uploaded by mistake, with the server's key",
    () => ({ ...direct, cert: root.cert, uploaded: true }),
    ["authority-instead-of-certificate", "key-does-not-fit"],
  ],
  [
    "the authority's with its own key",
    () => ({ ...root, uploaded: true }),
    ["authority-instead-of-certificate"],
  ],
])("%s: our verdict is that of real TLS", async ([, cellOf, codes]) => {
  const cell = cellOf()
  const problems = certificateProblems({ ...cell, host, authorities: [root.cert] })
  expect(problems.map(({ code }) => code)).toEqual(codes)
  expect(await isDelivered(cell)).toBe(codes.length === 0)
})

test("the certificate of the command that everybody copies, with a common name only, is accepted", async () => {
  const { cert, key } = await opensslCertificate({ commonName: host })
  const cell = { cert, key, uploaded: true }
  expect(certificateProblems({ ...cell, host })).toEqual([])
  expect(await isDelivered(cell)).toBe(true)
})

/** Whether an update gets through to a server with this certificate. */
async function isDelivered({ cert, key, uploaded }: Cell): Promise<boolean> {
  const server = serverWith({ cert, key })
  if (!server) return false
  server.on("tlsClientError", () => {}) // the delivery tells
  await once(server.listen(0, "127.0.0.1"), "listening")
  await using telegram = await Simulator.start({
    authorities: [root.cert],
    hosts: { [`${host}:443`]: `127.0.0.1:${portOf(server)}` },
  })
  const bot = telegram.bot()
  const form = new FormData()
  form.set("url", `https://${host}/`)
  if (uploaded) form.set("certificate", new Blob([cert]), "cert.pem")
  await fetch(`${telegram.apiRoot}/bot${bot.token}/setWebhook`, { method: "POST", body: form })
  await telegram.user().send(bot, "hi")
  const [first] = await telegram.deliveries.wait(() => true)
  server.closeAllConnections()
  server.close()
  return first?.outcome === "delivered"
}

/** `undefined` where it does not even start: its key does not fit the first certificate. */
function serverWith(pair: Pair): Server | undefined {
  try {
    return createServer(pair, (_, response) => void response.end())
  } catch {
    return undefined
  }
}
