import type { BotOptions } from "../bot/index.js"
import { proxyUrl } from "../bot/proxy-url.js"
import type { Transport } from "../bot/transport.js"

/**
 * The transport that all bots of a fleet share. With a transport per bot, ten thousand bots would open
 * tens of thousands of connections to the same server. The implementation is loaded at the first call.
 */
export class SharedTransport implements Transport {
  readonly #proxy: BotOptions["proxy"]
  #loading: Promise<Transport> | undefined

  /** @throws TypeError for an invalid URL of a proxy */
  constructor(proxy: BotOptions["proxy"]) {
    if (proxy) proxyUrl("proxy", proxy)
    this.#proxy = proxy
  }

  /**
   * Returns the options of bots with this transport, which contains the proxy. Options with a transport of their own
   * stay as they are.
   */
  optionsOf(options: BotOptions | undefined): BotOptions {
    if (options?.transport) return options
    const { proxy: _, ...others } = options ?? {}
    return { ...others, transport: this }
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
