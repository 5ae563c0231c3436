import { describe, expect, test } from "vitest"
import fc from "fast-check"
import {
  proxyConfiguration,
  type ProxyBot,
  type ProxyName,
  type ProxyOptions,
} from "../../src/proxy/index.js"

const bot = { host: "bot1.example.com", server: "127.0.0.1:5000" }
const certificates = "/etc/certs"
const write = (proxy: ProxyName, options: Partial<ProxyOptions> = {}) =>
  proxyConfiguration(proxy, { bots: [bot], certificates, ...options })
const proxies = ["haproxy", "nginx", "caddy", "apache"] as const

describe("time-outs exceed Telegram's 60 s", () => {
  test.each([
    [
      "haproxy",
      ["timeout client", "timeout server", "timeout http-request", "timeout http-keep-alive"],
    ],
    [
      "nginx",
      [
        ...["client_header_timeout", "client_body_timeout", "keepalive_timeout", "send_timeout"],
        ...["proxy_read_timeout", "proxy_send_timeout"],
      ],
    ],
    ["caddy", ["read_header", "read_body", "write", "idle", "response_header_timeout"]],
  ] as const)("%s", (proxy, names) => {
    const text = write(proxy)
    for (const name of names) {
      const seconds = new RegExp(`^\\s*${name} (\\d+)s;?$`, "m").exec(text)?.[1]
      expect(Number(seconds), name).toBeGreaterThan(60)
    }
  })

  test.each([
    ["haproxy", ["timeout client", "timeout server"]],
    ["nginx", ["proxy_timeout"]],
  ] as const)("%s with TLS passthrough", (proxy, names) => {
    const text = proxyConfiguration(proxy, { bots: [bot], passthrough: true })
    for (const name of names) {
      const seconds = new RegExp(`^\\s*${name} (\\d+)s;?$`, "m").exec(text)?.[1]
      expect(Number(seconds), name).toBeGreaterThan(60)
    }
  })
})

describe("the configuration", () => {
  test.each(proxies)("%s: the bots are listed at the top, longer paths first", (proxy) => {
    const bots = [
      { host: "Example.com", server: "[::1]:5000" },
      { host: "example.com", path: "/bot/", server: "unix:/run/bot.sock" },
    ]
    const text = write(proxy, { bots })
    expect(text.split("\n").slice(2, 4)).toEqual([
      "#   https://example.com/bot → unix:/run/bot.sock",
      "#   https://example.com → [::1]:5000",
    ])
    expect(text).not.toMatch(/[ \t]$|\n\n\n|undefined|\n\n$/m)
  })

  test.each(proxies)("%s: a port that Telegram does not call causes a remark", (proxy) => {
    const remark = "# Telegram calls only the ports 443, 80, 88, 8443: forward one of them to 5443."
    expect(write(proxy, { listen: "0.0.0.0:5443" })).toContain(remark)
    expect(write(proxy, { listen: "0.0.0.0:8443" })).not.toContain("Telegram calls only")
  })

  test("one file can contain the certificates of all hosts", () => {
    const bots = [bot, { ...bot, host: "bot2.example.com" }]
    const text = write("nginx", { bots, certificates: "/etc/certs/all.pem" })
    expect(text.match(/ssl_certificate \/etc\/certs\/all\.pem;/g)).toHaveLength(2)
    expect(write("haproxy", { bots, certificates: "/etc/certs/all.pem" })).toContain(
      "ssl crt /etc/certs/all.pem strict-sni",
    )
    expect(write("nginx", { bots, certificates: "/etc/certs/" })).toContain(
      "/etc/certs/bot2.example.com.pem",
    )
  })

  test("without certificates, Caddy obtains them itself", () => {
    const text = proxyConfiguration("caddy", { bots: [bot] })
    expect(text).not.toMatch(/auto_https|^\s*tls /m)
    expect(text).toContain("https://bot1.example.com:443")
  })

  test("a bot that terminates TLS can receive the client's address", () => {
    const options = { bots: [bot], passthrough: true, proxyProtocol: true }
    expect(proxyConfiguration("haproxy", options)).toContain("127.0.0.1:5000 send-proxy-v2")
    expect(proxyConfiguration("nginx", options)).toContain("proxy_protocol on;")
  })

  test("an internationalized name is written in its ASCII form", () => {
    expect(write("haproxy", { bots: [{ ...bot, host: "bücher.example" }] })).toContain(
      "{ ssl_fc_sni -i xn--bcher-kva.example }",
    )
  })

  test("each upstream has a name of its own, however similar the bots' URLs", () => {
    const segment = fc.stringMatching(/^[a-z._~:-]{1,4}$/)
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((all) => `/${all.join("/")}`)
    const paths = fc.uniqueArray(path, { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(paths, (found) => {
        const bots = found.map((one) => ({ ...bot, path: one }))
        const names = write("haproxy", { bots }).match(/^backend .*$/gm) ?? []
        expect(new Set(names).size).toBe(found.length)
      }),
    )
  })
})

describe("invalid input is a TypeError with the reason", () => {
  const withBot = (change: Partial<Record<keyof ProxyBot, unknown>>) => ({
    bots: [{ ...bot, ...change } as ProxyBot], // also what no ProxyBot may be
  })

  test.each<[string, Partial<ProxyOptions>, RegExp]>([
    ["no bot", { bots: [] }, /`bots` option to be at least one bot/],
    ["a URL as host", withBot({ host: "https://a.example/" }), /without https:\/\//],
    ["an IPv6 address", withBot({ host: "::1" }), /Telegram accepts no IPv6/],
    ["a wildcard", withBot({ host: "*.example.com" }), /give the host of each bot/],
    ["no port", withBot({ server: "127.0.0.1" }), /`server`.*127\.0\.0\.1:5000/],
    ["port 0", withBot({ server: "127.0.0.1:0" }), /`server`/],
    ["port 65536", withBot({ server: "127.0.0.1:65536" }), /`server`/],
    ["a number", withBot({ server: 5000 }), /`server`.*`5000` \(number\)/],
    ["a URL as server", withBot({ server: "http://127.0.0.1:5000" }), /`server`/],
    ["a relative socket", withBot({ server: "unix:bot.sock" }), /absolute path/],
    ["a line end in a socket", withBot({ server: "unix:/a\nb" }), /absolute path/],
    ["a server with more", withBot({ server: "127.0.0.1:5000; evil" }), /`server`/],
    ["a path without a slash", withBot({ path: "bot" }), /`path`/],
    ["a path with a query", withBot({ path: "/bot?x" }), /`path`/],
    ["a path that means more", withBot({ path: "/bot{x}" }), /`path`/],
    ["relative certificates", { certificates: "certs" }, /`certificates`.*absolute/],
    ["certificates with a blank", { certificates: "/my certs" }, /`certificates`/],
    ["certificates with a variable", { certificates: "/$HOME" }, /`certificates`/],
    ["listening without a port", { listen: "0.0.0.0" }, /`listen`/],
    ["stats on a socket", { stats: "unix:/run/x" }, /`stats`/],
    ["a user with more", { user: "root; evil" }, /`user`/],
    ["the PROXY protocol with HTTP", { proxyProtocol: true }, /X-Forwarded-For/],
  ])("%s", (_, options, message) => {
    for (const proxy of proxies) {
      expect(() => write(proxy, options)).toThrow(TypeError)
      expect(() => write(proxy, options)).toThrow(message)
    }
  })

  test("two bots with the same URL are reported", () => {
    const bots = [bot, { ...bot, host: "BOT1.example.com", path: "/" }]
    expect(() => write("nginx", { bots })).toThrow(/two bots have bot1\.example\.com\./)
    const paths = [
      { ...bot, path: "/a" },
      { ...bot, path: "/a/" },
    ]
    expect(() => write("nginx", { bots: paths })).toThrow(/two bots have bot1\.example\.com\/a\./)
  })

  test("two IP addresses are refused, as TLS has a name for neither", () => {
    const bots = ["203.0.113.7", "203.0.113.8"].map((host) => ({ ...bot, host }))
    expect(() => write("nginx", { bots })).toThrow(/got 203\.0\.113\.7 and 203\.0\.113\.8/)
  })

  test("TLS passthrough permits only names: no paths, addresses or certificates", () => {
    const pass = (change: Partial<ProxyOptions>) => () =>
      proxyConfiguration("haproxy", { bots: [bot], passthrough: true, ...change })
    expect(pass({ bots: [{ ...bot, path: "/a" }] })).toThrow(/cannot read the path of bot1/)
    expect(pass({ bots: [{ ...bot, host: "203.0.113.7" }] })).toThrow(/no server name/)
    expect(pass({ certificates })).toThrow(/no `certificates`/)
    expect(pass({ keepAlive: false })).toThrow(/no `keepAlive: false` with `passthrough`/)
  })

  test("an unsupported feature of a proxy is reported", () => {
    const options = { bots: [bot] }
    expect(() => proxyConfiguration("haproxy", options)).toThrow(/haproxy has to terminate TLS/)
    expect(() => proxyConfiguration("nginx", options)).toThrow(/nginx has to terminate TLS/)
    expect(() => write("caddy", { user: "caddy" })).toThrow(/no `user`/)
    const byAddress = { bots: [{ ...bot, host: "203.0.113.7" }] }
    expect(() => proxyConfiguration("caddy", byAddress)).toThrow(
      /cannot get a certificate for the address 203/,
    )
    expect(() => proxyConfiguration("traefik" as ProxyName, options)).toThrow(/`proxy` option/)
  })
})
