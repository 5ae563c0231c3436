import type { Clock } from "./clock.js"

/** Options of `Simulator.start`. */
export interface SimulatorOptions {
  /** The port of the Bot API; a free one by default. */
  readonly port?: number
  /** The address to listen on; `127.0.0.1` by default, so that only this machine reaches it. */
  readonly host?: string
  /**
   * Whether webhooks follow the rules of a local Bot API server (HTTP, any port, any address) or
   * those of the cloud; cloud by default.
   */
  readonly local?: boolean
  /**
   * `host:port` of webhook URLs to the address that plays them here, as in
   * `{ "bot1.example.com:443": "127.0.0.1:5443" }`. They are neither looked up nor refused.
   */
  readonly hosts?: Readonly<Record<string, string>>
  /** Where time comes from; the machine's clock by default. A `MovableClock` stands until moved. */
  readonly clock?: Clock
  /**
   * Whether bots that write faster than recommended (one message a second to a person, 20 a minute
   * to a group, 30 a second altogether) are answered 429; not by default.
   */
  readonly limits?: boolean
  /** Makes ids and jitter repeatable; random by default. */
  readonly seed?: number
  /** PEM certificates that stand for the authorities everybody trusts; Node's own by default. */
  readonly authorities?: readonly string[]
  /** Whether the chat page is served at `pageUrl`. Default: false. */
  readonly page?: boolean
  /**
   * The path of a file that keeps the world: it is read at the start, and written a second after a
   * change and at the end. Nothing is kept by default.
   */
  readonly state?: string
}
