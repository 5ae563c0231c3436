import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"
import { portOf } from "./free-port.js"

/** A proxy between a program and a server that can cut, swallow and redirect connections. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #target: number
  #isHole = false

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((inside) => this.#join(inside))
  }

  /** Starts a proxy to a port of the loopback interface. */
  static async to(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#server.listen(0, "127.0.0.1")
    await once(proxy.#server, "listening")
    return proxy
  }

  /** The port of the proxy. */
  get port(): number {
    return portOf(this.#server)
  }

  /** Cuts all connections. New ones are refused, or lead to the target. */
  cut(): void {
    for (const [inside, outside] of this.#pairs) {
      inside.destroy()
      outside.destroy()
    }
    this.#pairs.clear()
  }

  /** Drops all bytes in both directions from now on, without closing connections. */
  swallow(): void {
    this.#isHole = true
    for (const [inside, outside] of this.#pairs) {
      inside.unpipe()
      outside.unpipe()
    }
  }

  /** Passes new connections on again; swallowed ones stay dead. */
  heal(): void {
    this.#isHole = false
  }

  /** Redirects new connections. */
  leadTo(target: number): void {
    this.#target = target
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, "close")
  }

  #join(inside: Socket): void {
    const outside = connect(this.#target, "127.0.0.1")
    const pair = [inside, outside] as const
    this.#pairs.add(pair)
    const end = () => {
      if (this.#isHole) return
      this.#pairs.delete(pair)
      inside.destroy()
      outside.destroy()
    }
    for (const socket of pair) socket.on("error", end).on("close", end)
    if (this.#isHole) return
    inside.pipe(outside)
    outside.pipe(inside)
  }
}
