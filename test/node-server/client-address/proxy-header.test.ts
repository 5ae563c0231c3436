import { describe, expect, test } from "vitest"
import {
  maxProxyHeaderBytes,
  readProxyHeader,
} from "../../../src/node-server/client-address/proxy-header.js"
import { proxyHeaderV2 } from "../../support/proxy-headers.js"

const read = (text: string | Buffer) => readProxyHeader(Buffer.from(text as string, "latin1"))
const ipv4 = "c0000201 c6336402 d431 01bb"
const ipv6 = "20010db8000000000000000000000001 20010db8000000000000000000000002 d431 01bb"
const unix = Buffer.alloc(216, "/run/x\0").toString("hex")

describe("version 1 of the PROXY protocol", () => {
  test.each([
    ["PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", "192.0.2.1"],
    ["PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n", "2001:db8::1"],
    ["PROXY UNKNOWN\r\n", undefined],
    ["PROXY UNKNOWN ffff:f...f:ffff 1 2\r\n", undefined],
  ])("%j names %s", (line, client) => {
    const kind = "complete"
    expect(read(line)).toEqual({ kind, length: line.length, client })
    expect(read(`${line}GET / HTTP/1.1`)).toEqual({ kind, length: line.length, client })
    for (let end = 0; end < line.length; end += 1) {
      expect(read(line.slice(0, end)), line.slice(0, end)).toEqual({ kind: "incomplete" })
    }
  })

  test.each([
    "GET / HTTP/1.1\r\n",
    "PROXY\r\n",
    "proxy TCP4 192.0.2.1 198.51.100.2 1 2\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n",
    "PROXY TCP4 192.0.2.1  198.51.100.2 1 2\r\n",
    "PROXY TCP4 192.0.2.999 198.51.100.2 1 2\r\n",
    "PROXY TCP4 2001:db8::1 198.51.100.2 1 2\r\n",
    "PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.2 1 65536\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n",
    "PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n",
    `PROXY UNKNOWN ${"x".repeat(100)}\r\n`,
    "\x16\x03\x01",
  ])("%j is not a header", (line) => {
    expect(read(line)).toEqual({ kind: "invalid" })
  })
})

describe("version 2 of the PROXY protocol", () => {
  test.each([
    ["TCP over IPv4", 0x21, 0x11, ipv4, "192.0.2.1"],
    ["TCP over IPv4 with fields behind it", 0x21, 0x11, `${ipv4} 04 0003 000000`, "192.0.2.1"],
    ["TCP over IPv6", 0x21, 0x21, ipv6, "2001:db8::1"],
    ["a unix socket", 0x21, 0x31, unix, "unix"],
    ["an unspecified family", 0x21, 0x00, "0102", undefined],
    ["a connection of the proxy's own", 0x20, 0x11, ipv4, undefined],
    ["a connection of the proxy's own without addresses", 0x20, 0x00, "", undefined],
  ])("names the client of %s", (_, command, family, block, client) => {
    const header = proxyHeaderV2(block, { command, family })
    const { length } = header
    expect(read(header)).toEqual({ kind: "complete", length, client })
    expect(read(Buffer.concat([header, Buffer.from("\x16\x03")]))).toMatchObject({ length })
    for (let end = 0; end < length; end += 1) {
      expect(read(header.subarray(0, end))).toEqual({ kind: "incomplete" })
    }
  })

  test.each([
    ["another version", proxyHeaderV2(ipv4, { command: 0x11 })],
    ["another command", proxyHeaderV2(ipv4, { command: 0x22 })],
    ["datagrams", proxyHeaderV2(ipv4, { family: 0x12 })],
    ["another family", proxyHeaderV2(ipv4, { family: 0x41 })],
    ["too few bytes of IPv4", proxyHeaderV2("c0000201", {})],
    ["too few bytes of IPv6", proxyHeaderV2(ipv4, { family: 0x21 })],
    ["too few bytes of a unix socket", proxyHeaderV2(ipv6, { family: 0x31 })],
    ["more than is read", proxyHeaderV2("00".repeat(maxProxyHeaderBytes), {})],
  ])("with %s is invalid", (_, header) => {
    expect(read(header)).toEqual({ kind: "invalid" })
  })

  test("that announces more than the limit is refused before it has arrived", () => {
    const header = proxyHeaderV2("00".repeat(maxProxyHeaderBytes), {}).subarray(0, 16)
    expect(read(header)).toEqual({ kind: "invalid" })
  })
})
