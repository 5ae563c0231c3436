import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"

/** The first port: all are below the ephemeral ports, which connections and `listen(0)` get. */
const first = 10_000
const count = 20_000

let last = Math.floor(Math.random() * count)

/**
 * Returns a free port of the loopback interface. Each process starts at another port, so that test
 * files in parallel do not get the same one.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    last = (last + 1) % count
    if (await isFree(first + last)) return first + last
  }
  throw new Error("No port is free")
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1")
  try {
    await once(server, "listening")
  } catch {
    return false
  }
  server.close()
  await once(server, "close")
  return true
}

/** Returns the port of a server that listens on TCP. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port // listening on TCP, so never a string
}
