import type { BotOptions } from "../bot/index.js"
import type { Transport } from "../bot/transport.js"

/**
 * The transport that all bots of a fleet share. With a transport per bot, ten thousand bots would open
 * tens of thousands of connections to the same server. The implementation is loaded at the first call.
 */
export class SharedTransport implements Transport {
  readonly #proxy: BotOptions["proxy"]
  #loading: Promise<Transport> | undefined

  constructor(proxy: BotOptions["proxy"]) {
    this.#proxy = proxy
  }

  async send(...request: Parameters<Transport["send"]>): ReturnType<Transport["send"]> {
    return (await this.#load()).send(...request)
  }

  async open(...request: Parameters<Transport["open"]>): ReturnType<Transport["open"]> {
    return (await this.#load()).open(...request)
  }

  /** Closes the connections when running calls have ended. A later call opens new connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    const loading = this.#loading
    this.#loading = undefined
    await (await loading)?.[Symbol.asyncDispose]()
  }

  #load(): Promise<Transport> {
    return (this.#loading ??= this.#make())
  }

  async #make(): Promise<Transport> {
    const { createTransport } = await import("#transport")
    return createTransport(this.#proxy === undefined ? {} : { proxy: this.#proxy })
  }
}
