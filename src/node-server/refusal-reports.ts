import type { Logger } from "../ground/logger.js"
import { Networks } from "./client-address/networks.js"

/** How often a refusal of one kind is reported while it goes on, in milliseconds. */
const hourMs = 60 * 60_000

/** Clients that are likely to be Telegram, or a proxy in front. */
const likely = new Networks("", [
  ...["telegram", "unix", "127.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10"],
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"],
])

/**
 * The refusals of a server that no webhook sees: requests and connections that are turned away before
 * one is asked. Each kind is reported once with its reason and its cure. While it goes on, it is
 * reported again every hour, unless only strangers are refused: scanners never stop.
 */
export class RefusalReports {
  readonly #logger: Logger
  readonly #reported = new Map<string, { atMs: number; more: number }>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /**
   * Reports a refusal.
   *
   * @param kind refusals of one kind are reported together
   * @param everyMs how often at most; hourly by default, once for strangers
   */
  say(kind: string, client: string | undefined, text: string, everyMs?: number): void {
    const isLikely = client !== undefined && likely.includes(client)
    const key = `${kind} ${isLikely}`
    const known = this.#reported.get(key)
    const nowMs = performance.now()
    const pauseMs = everyMs ?? (isLikely ? hourMs : Infinity)
    if (known && nowMs - known.atMs < pauseMs) {
      known.more += 1
      return
    }
    const more = known?.more ? ` (${known.more} more since the last time)` : ""
    this.#reported.set(key, { atMs: nowMs, more: 0 })
    this.#logger.warn(`${text}${more}`)
  }
}
