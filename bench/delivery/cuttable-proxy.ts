import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"

/** The network between the bot and Telegram: passes bytes on, and can be cut. */
export class CuttableProxy implements AsyncDisposable {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number
  readonly #server: Server
  readonly #sockets: Set<Socket>
  /** Whether nothing gets through. */
  isDown = false

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server
    this.#sockets = sockets
    // A server that listens on a port has an address of this kind.
    this.port = (server.address() as AddressInfo).port
  }

  /** Starts one that leads to a port of 127.0.0.1. */
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

  /** Cuts every connection of this moment, in the middle of whatever it carries. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Passes nothing on any more on the connections of this moment, and closes none. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  /** Lets nothing through until {@link isDown} is false again. */
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
