import type { Clock } from "./clock.js"

/** Options of `Simulator.start`. */
export interface SimulatorOptions {
  /** The port of the Bot API. Default: a free one. */
  readonly port?: number
  /** The address to listen on. Default: `127.0.0.1`, which only this machine reaches. */
  readonly host?: string
  /**
   * Whether webhooks follow the rules of a local Bot API server (HTTP, any port, any address)
   * instead of the cloud's. Default: `false`.
   */
  readonly local?: boolean
  /**
   * The addresses that simulate public hosts: `host:port` of a webhook's URL to an address on this
   * machine, as in `{ "bot1.example.com:443": "127.0.0.1:5443" }`. The simulator neither resolves
   * nor refuses these hosts.
   */
  readonly hosts?: Readonly<Record<string, string>>
  /**
   * The source of time. A `MovableClock` stands still until it is moved. Default: the system clock.
   */
  readonly clock?: Clock
  /**
   * Whether bots get 429 for writing faster than recommended: one message per second to a person,
   * 20 per minute to a group, 30 per second in all. Default: `false`.
   */
  readonly limits?: boolean
  /** The seed of ids and jitter, for repeatable runs. Default: random. */
  readonly seed?: number
  /** PEM certificates of trusted authorities. Default: Node's own. */
  readonly authorities?: readonly string[]
  /** Whether the chat page is served at `pageUrl`. Default: false. */
  readonly page?: boolean
  /**
   * The path of a file that keeps the world between runs. The simulator reads it at the start, and
   * writes it at the start, a second after a change and at the end. A missing folder is made.
   * Default: none.
   */
  readonly state?: string
  /**
   * Is called with a line of text for every update and every call of a bot, as `console.log`.
   * Default: none.
   */
  readonly log?: (line: string) => void
}
