import { describe, expect, test } from "vitest"
import {
  type CallerOptions,
  Callers,
  peerAddress,
} from "../../../src/node-server/client-address/callers.js"

function caller(options: CallerOptions, client: string, headers: Record<string, string>) {
  return new Callers(options).callerOf(headers, client)
}
const forwarded = (value: string) => ({ "x-forwarded-for": value })

describe("without trusted proxies", () => {
  test("the peer of the connection is the client, whatever the headers", () => {
    expect(caller({}, "192.0.2.9", forwarded("149.154.160.1"))).toBe("192.0.2.9")
  })
})

describe("behind a number of proxies", () => {
  test.each([
    [1, "149.154.160.1", "149.154.160.1"],
    [1, "149.154.160.1, 6.6.6.6", "6.6.6.6"],
    [2, "6.6.6.6, 192.0.2.1, 10.0.0.1", "192.0.2.1"],
    [1, "192.0.2.1:4711", "192.0.2.1"],
    [1, "[2001:db8::1]:4711", "2001:db8::1"],
    [1, " 2001:db8::1 ", "2001:db8::1"],
    [2, "192.0.2.1", undefined],
    [1, "", undefined],
    [1, "unknown", undefined],
    [1, "192.0.2.1,", undefined],
    [1, "192.0.2.1, 1.2.3", undefined],
  ])("(%i) the client is counted from the right of %j: %s", (hops, value, client) => {
    expect(caller({ trustedProxies: hops }, "127.0.0.1", forwarded(value))).toBe(client)
  })

  test("a request without the header has no known client", () => {
    expect(caller({ trustedProxies: 1 }, "127.0.0.1", {})).toBeUndefined()
  })

  test("a header that the proxies do not write is ignored", () => {
    const options: CallerOptions = { trustedProxies: 1, forwardedHeader: "forwarded" }
    const headers = { "x-forwarded-for": "6.6.6.6", forwarded: "for=192.0.2.1" }
    expect(caller(options, "127.0.0.1", headers)).toBe("192.0.2.1")
    expect(caller({ trustedProxies: 1 }, "127.0.0.1", headers)).toBe("6.6.6.6")
  })

  test.each([
    ["for=192.0.2.1;proto=https;by=203.0.113.43", "192.0.2.1"],
    ['for="[2001:db8::1]:4711"', "2001:db8::1"],
    ['for=6.6.6.6, For="192.0.2.1:80"', "192.0.2.1"],
    ['for=192.0.2.1;host="a,b"', "192.0.2.1"],
    ["for=_hidden", undefined],
    ["for=unknown", undefined],
    ["by=203.0.113.43", undefined],
    ['by="x;for=149.154.167.5";for=9.9.9.9', "9.9.9.9"],
    ['host="a,for=149.154.167.5";for=9.9.9.9', "9.9.9.9"],
    ['host="a\\";for=149.154.167.5";for=9.9.9.9', "9.9.9.9"],
    ["for=149.154.167.5;for=9.9.9.9", undefined],
    ['for=9.9.9.9;host="a', undefined],
    ['for="9.9.9.9', undefined],
  ])("Forwarded: %s names %s", (value, client) => {
    const options: CallerOptions = { trustedProxies: 1, forwardedHeader: "forwarded" }
    expect(caller(options, "127.0.0.1", { forwarded: value })).toBe(client)
  })

  test.each([
    ["quotes", '"a'.repeat(7500)],
    ["escaped quotes", `"${String.raw`\"`.repeat(7500)}`],
    ["commas", ",".repeat(15_000)],
    ["semicolons", ";".repeat(15_000)],
    ["blanks", `for${" ".repeat(15_000)}x`],
    ["parameters", "for=1.1.1.1,".repeat(1200)],
  ])("a Forwarded header full of %s is read in linear time", (_, value) => {
    const options: CallerOptions = { trustedProxies: 1, forwardedHeader: "forwarded" }
    const callers = new Callers(options)
    const readOnce = (forwarded: string) => {
      const begin = performance.now()
      callers.callerOf({ forwarded }, "127.0.0.1")
      return performance.now() - begin
    }
    // The minimum of several, as the others may have been interrupted.
    const read = (forwarded: string) =>
      Math.min(...Array.from({ length: 5 }, () => readOnce(forwarded)))
    expect(read(value.repeat(16))).toBeLessThan(100 * Math.max(20, read(value)))
  })
})

describe("behind proxies of known networks", () => {
  const options: CallerOptions = { trustedProxies: ["10.0.0.0/8", "unix"] }

  test.each([
    ["10.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["unix", "192.0.2.1", "192.0.2.1"],
    ["10.0.0.1", "6.6.6.6, 192.0.2.1, 10.2.2.2", "192.0.2.1"],
    ["10.0.0.1", "10.3.3.3, 10.2.2.2", "10.3.3.3"],
    ["10.0.0.1", "", "10.0.0.1"],
    ["10.0.0.1", "nonsense", undefined],
    ["10.0.0.1", "192.0.2.1, nonsense, 10.2.2.2", undefined],
    ["192.0.2.7", "149.154.160.1", "192.0.2.7"],
  ])("%s with %j comes from %s", (client, value, expected) => {
    expect(caller(options, client, forwarded(value))).toBe(expected)
  })
})

describe("the permitted clients", () => {
  test("are all by default", () => {
    for (const address of ["6.6.6.6", "unix", undefined]) {
      expect(new Callers({}).mayCall(address)).toBe(true)
    }
  })

  test.each([
    ["149.154.160.0", true],
    ["149.154.175.255", true],
    ["149.154.176.0", false],
    ["149.154.159.255", false],
    ["91.108.4.0", true],
    ["91.108.7.255", true],
    ["91.108.8.0", false],
    ["::ffff:149.154.160.1", true],
    ["192.0.2.1", false],
    ["2001:db8::1", false],
    ["unix", false],
    ["nonsense", false],
    [undefined, false],
  ])("of Telegram's networks: %s → %s", (address, may) => {
    expect(new Callers({ allowFrom: ["telegram"] }).mayCall(address)).toBe(may)
  })

  test("can be extended", () => {
    const callers = new Callers({
      allowFrom: ["telegram", "192.0.2.1", "198.51.100.0/24", "2001:db8::/32", "unix"],
    })
    const may = ["91.108.4.1", "192.0.2.1", "198.51.100.9", "2001:db8:1::1", "unix"]
    const mayNot = ["192.0.2.2", "198.51.101.1", "2001:db9::1"]
    expect(may.filter((address) => !callers.mayCall(address))).toEqual([])
    expect(mayNot.filter((address) => callers.mayCall(address))).toEqual([])
  })
})

describe("invalid options about client addresses are refused", () => {
  test.each([
    [{ trustedProxies: -1 }, "`trustedProxies`"],
    [{ trustedProxies: 1.5 }, "`trustedProxies`"],
    [{ trustedProxies: ["10.0.0.0/33"] }, "`trustedProxies`"],
    [{ trustedProxies: "10.0.0.1" }, "`trustedProxies`"],
    [{ forwardedHeader: "x-real-ip" }, "`forwardedHeader`"],
    [{ allowFrom: ["example.com"] }, "`allowFrom`"],
    [{ allowFrom: ["2001:db8::/129"] }, "`allowFrom`"],
    [{ allowFrom: "telegram" }, "`allowFrom`"],
  ])("%o", (options, name) => {
    const make = () => new Callers(options as CallerOptions) // as plain JavaScript could
    expect(make).toThrow(TypeError)
    expect(make).toThrow(name)
  })
})

test("an IPv4 address is the same on a server that also listens on IPv6", () => {
  expect(peerAddress({ remoteAddress: "::ffff:192.0.2.1" })).toBe("192.0.2.1")
  expect(peerAddress({ remoteAddress: "2001:db8::1" })).toBe("2001:db8::1")
  expect(peerAddress({})).toBe("unix")
})
