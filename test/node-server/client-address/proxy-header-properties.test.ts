import fc from "fast-check"
import { expect, test } from "vitest"
import {
  maxProxyHeaderBytes,
  readProxyHeader,
} from "../../../src/node-server/client-address/proxy-header.js"
import { proxyHeaderV2 } from "../../support/proxy-headers.js"

const port = fc.integer({ min: 0, max: 65_535 })
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((given) => Buffer.from(given))

/** A header as a proxy writes it, with the client's address in it. */
const first = fc.oneof(
  fc.tuple(fc.ipV4(), fc.ipV4(), port, port).map(([client, server, from, to]) => ({
    header: Buffer.from(`PROXY TCP4 ${client} ${server} ${from} ${to}\r\n`),
    client: client as string | undefined,
  })),
  fc
    .string({ unit: "grapheme-ascii", maxLength: 80 })
    .map((text) => ({ header: Buffer.from(`PROXY UNKNOWN ${text}\r\n`), client: undefined })),
)
const second = fc
  .tuple(fc.uint8Array({ minLength: 4, maxLength: 4 }), bytes(8).map(fill), bytes(300))
  .map(([client, rest, more]) => ({
    header: proxyHeaderV2(Buffer.concat([Buffer.from(client), rest, more]).toString("hex")),
    client: client.join("."),
  }))
const written = fc.oneof(first, second)

function fill(rest: Buffer): Buffer {
  return Buffer.concat([rest, Buffer.alloc(8 - rest.length)])
}

test("a header names the client and ends where the client's bytes begin, whatever the bytes", () => {
  fc.assert(
    fc.property(written, bytes(40), ({ header, client }, behind) => {
      expect(readProxyHeader(Buffer.concat([header, behind]))).toEqual({
        kind: "complete",
        length: header.length,
        client,
      })
    }),
  )
})

test("a header that arrives in pieces is incomplete until its end", () => {
  fc.assert(
    fc.property(written, fc.nat(), ({ header }, at) => {
      expect(readProxyHeader(header.subarray(0, at % header.length)).kind).toBe("incomplete")
    }),
  )
})

test("no bytes make the parser throw, wait for ever, or read beyond them", () => {
  const damaged = fc.tuple(written, fc.nat(), fc.integer({ min: 0, max: 255 })).map(change)
  fc.assert(
    fc.property(fc.oneof(bytes(200), damaged), (given) => {
      const found = readProxyHeader(given)
      if (found.kind === "complete") expect(found.length).toBeLessThanOrEqual(given.length)
      if (found.kind !== "incomplete") return
      const more = Buffer.concat([given, Buffer.alloc(maxProxyHeaderBytes, "x")])
      expect(readProxyHeader(more).kind).not.toBe("incomplete")
    }),
    { numRuns: 2_000 },
  )
})

function change([{ header }, at, value]: [{ header: Buffer }, number, number]): Buffer {
  const changed = Buffer.from(header)
  changed[at % changed.length] = value
  return changed
}
