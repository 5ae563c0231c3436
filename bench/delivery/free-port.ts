import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"

/** Resolves with a free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  // A server that listens on a port has an address of this type.
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
