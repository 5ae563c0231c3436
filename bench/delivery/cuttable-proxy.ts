import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"

/** A TCP proxy that stands for the network between bot and Telegram, and can be cut. */
export class CuttableProxy implements AsyncDisposable {
  /** The port on 127.0.0.1. */
  readonly port: number
  readonly #server: Server
  readonly #sockets: Set<Socket>
  /** Whether the proxy refuses connections. */
  isDown = false

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server
    this.#sockets = sockets
    // A server that listens on a port has an address of this type.
    this.port = (server.address() as AddressInfo).port
  }

  /** Starts a proxy to a port of 127.0.0.1. */
  static async start(target: number): Promise<CuttableProxy> {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      if (proxy.isDown) return void socket.resetAndDestroy()
      const beyond = connect(target, "127.0.0.1")
      for (const [one, other] of [
        [socket, beyond],
        [beyond, socket],
      ] as const) {
        sockets.add(one)
        one.setNoDelay(true)
        one.on("error", () => {})
        one.on("close", () => {
          sockets.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const proxy = new CuttableProxy(server, sockets)
    return proxy
  }

  /** Cuts all current connections, in the middle of their data. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Stops forwarding on all current connections without closing them. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  /** Cuts all connections, and refuses new ones until {@link isDown} is false again. */
  down(): void {
    this.isDown = true
    this.cut()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, "close")
  }
}
