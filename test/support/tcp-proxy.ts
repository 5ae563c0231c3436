import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"
import { portOf } from "./free-port.js"

/** The network between a program and a server: it can be cut, swallow everything, lead elsewhere. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #target: number
  #isHole = false

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((inside) => this.#join(inside))
  }

  /** Leads to a port of the loopback interface. */
  static async to(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#server.listen(0, "127.0.0.1")
    await once(proxy.#server, "listening")
    return proxy
  }

  /** Where it listens. */
  get port(): number {
    return portOf(this.#server)
  }

  /** Cuts all connections; new ones are refused or lead to the target. */
  cut(): void {
    for (const [inside, outside] of this.#pairs) {
      inside.destroy()
      outside.destroy()
    }
    this.#pairs.clear()
  }

  /** From now on nothing gets through, either way, and nobody is told. */
  swallow(): void {
    this.#isHole = true
    for (const [inside, outside] of this.#pairs) {
      inside.unpipe()
      outside.unpipe()
    }
  }

  /** New connections get through again; those that were swallowed stay dead. */
  heal(): void {
    this.#isHole = false
  }

  /** New connections lead elsewhere. */
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
