import type { Logger } from "../ground/logger.js"
import { Networks } from "./client-address/networks.js"

/** The pause between two reports of the same kind, in milliseconds. */
const hourMs = 60 * 60_000

let relevant: Networks | undefined

/** Returns the networks of Telegram, of this machine and of local networks, where a proxy may be. */
function relevantNetworks(): Networks {
  return (relevant ??= new Networks("", [
    ...["telegram", "unix", "127.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10"],
    ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"],
  ]))
}

/**
 * The log of refused requests and connections that reach no webhook. Each kind of refusal is logged once
 * with its cause and its fix. If the client is Telegram or may be a proxy, the refusal is logged again every
 * hour while it continues. Refusals of other clients are not logged again, because scanners never stop.
 */
export class RefusalReports {
  readonly #logger: Logger
  readonly #reported = new Map<string, { atMs: number; suppressed: number }>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /**
   * Logs a refusal, unless one of the same kind was logged recently.
   *
   * @param kind the key of refusals that are logged together
   * @param everyMs the pause between two reports, in milliseconds. Default: an hour for Telegram and
   *   proxies, no second report for other clients
   */
  report(kind: string, client: string | undefined, text: string, everyMs?: number): void {
    const isRelevant = client !== undefined && relevantNetworks().includes(client)
    const key = `${kind} ${isRelevant}`
    const known = this.#reported.get(key)
    const nowMs = performance.now()
    const pauseMs = everyMs ?? (isRelevant ? hourMs : Infinity)
    if (known && nowMs - known.atMs < pauseMs) {
      known.suppressed += 1
      return
    }
    const note = known?.suppressed ? ` (${known.suppressed} more since the last report)` : ""
    this.#reported.set(key, { atMs: nowMs, suppressed: 0 })
    this.#logger.warn(`${text}${note}`)
  }
}
