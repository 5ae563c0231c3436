import { isIPv4 } from "node:net"
import fc from "fast-check"
import { expect, test } from "vitest"
import { type ProxyBot, proxyConfiguration, type ProxyOptions } from "../../src/proxy/index.js"
import { expectServer, hostAndPort } from "../../src/proxy/proxy-address.js"

const proxies = fc.constantFrom("haproxy", "nginx", "caddy", "apache")

/** Characters of which some have a meaning in a proxy's configuration. */
const sign = fc.constantFrom(..." \n\r\t;{}#\"'\\$`|&<>()*?/.:@-_ab19".split(""))
/** Returns an arbitrary of a valid text, with or without further characters. */
const hostile = (right: string) =>
  fc.oneof(
    { arbitrary: fc.constant(right), weight: 12 },
    { arbitrary: fc.string({ unit: sign, maxLength: 6 }).map((text) => right + text), weight: 1 },
    {
      arbitrary: fc
        .tuple(fc.nat(right.length), fc.string({ unit: sign, maxLength: 3 }))
        .map(([at, text]) => right.slice(0, at) + text + right.slice(at)),
      weight: 1,
    },
  )

const bot = fc.record<ProxyBot>(
  {
    host: hostile("bot1.example.com"),
    path: hostile("/bot1"),
    server: fc.oneof(hostile("127.0.0.1:5000"), hostile("unix:/run/bot.sock")),
  },
  { requiredKeys: ["host", "server"] },
)
const options = fc.record<ProxyOptions>(
  {
    bots: fc.uniqueArray(bot, { minLength: 1, maxLength: 2, selector: ({ path }) => path }),
    certificates: hostile("/etc/certs"),
    listen: hostile("0.0.0.0:443"),
    stats: hostile("127.0.0.1:8404"),
    user: hostile("www-data"),
    keepAlive: fc.boolean(),
  },
  { requiredKeys: ["bots", "certificates"] },
)

/** Returns the lines of a configuration with a directive, without white space and comments. */
function directives(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim())
  return lines.filter((line) => line !== "" && !line.startsWith("#"))
}

/** Returns the same options with harmless values. */
function harmless({ bots, ...rest }: ProxyOptions): ProxyOptions {
  const hosts = [...new Set(bots.map(({ host }) => host.toLowerCase()))]
  const plain = (given: ProxyBot, index: number): ProxyBot => ({
    host: `bot${hosts.indexOf(given.host.toLowerCase())}.example.com`,
    server: given.server.startsWith("unix:") ? `unix:/run/bot${index}` : `127.0.0.1:500${index}`,
    ...(given.path !== undefined && given.path !== "/" && { path: `/path${index}` }),
  })
  const isFile = rest.certificates?.endsWith(".pem") === true
  return {
    ...rest,
    bots: bots.map(plain),
    certificates: isFile ? "/etc/one.pem" : "/etc/certs",
    ...(rest.listen !== undefined && { listen: harmlessAddress(rest.listen) }),
    ...(rest.stats !== undefined && { stats: harmlessAddress(rest.stats) }),
    ...(rest.user !== undefined && { user: "www-data" }),
  }
}

/** Returns a harmless address of the same kind: all addresses, one address, or a name. */
function harmlessAddress(address: string): string {
  if (address.startsWith("0.0.0.0:")) return "0.0.0.0:443"
  return isIPv4(address.split(":")[0] ?? "") ? "127.0.0.1:443" : "proxy.example:443"
}

test("no option adds a directive to a configuration: the option is refused, or stays a value", () => {
  let written = 0
  fc.assert(
    fc.property(proxies, options, (proxy, given) => {
      const text = attempt(() => proxyConfiguration(proxy, given))
      if (text === undefined) return
      written += 1
      const plain = proxyConfiguration(proxy, harmless(given))
      expect(directives(text)).toHaveLength(directives(plain).length)
      const braces = (one: string) =>
        directives(one)
          .join("")
          .replaceAll(/[^{};]/g, "").length
      expect(braces(text)).toBe(braces(plain))
    }),
    { numRuns: 1_500 },
  )
  expect(written).toBeGreaterThan(200)
})

test("an accepted address is written unchanged", () => {
  const port = fc.integer({ min: 1, max: 65_535 })
  const host = fc.oneof(fc.ipV4(), fc.domain())
  fc.assert(
    fc.property(host, port, (name, number) => {
      const address = expectServer("server", `${name}:${number}`)
      expect(address.kind === "tcp" && hostAndPort(address)).toBe(`${name}:${number}`)
    }),
  )
  fc.assert(
    fc.property(fc.ipV6(), port, (name, number) => {
      const address = expectServer("server", `[${name}]:${number}`)
      expect(address.kind === "tcp" && hostAndPort(address)).toBe(`[${name}]:${number}`)
    }),
  )
})

/** Returns the text that a function writes; `undefined` if it refuses its options with a `TypeError`. */
function attempt(write: () => string): string | undefined {
  try {
    return write()
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toMatch(
      /^(Expected|Telegram accepts)|cannot read the path|option/,
    )
    return undefined
  }
}
