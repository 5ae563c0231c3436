import { nodeFs } from "../ground/node-modules.js"

/** The limits of a server's open connections. */
export interface ConnectionLimits {
  /** The limit for all connections. */
  readonly max: number
  /**
   * The limit for one client's connections that have not shown the secret. Equals `max` if a connection
   * may carry the requests of many clients.
   */
  readonly maxPerClient: number
}

/** The options of a server that decide its {@link ConnectionLimits}. */
export interface ConnectionLimitOptions {
  /** The limit for all connections; `undefined` for a limit that grows with the number of webhooks. */
  readonly maxSockets: number | undefined
  /** The limit for one client; `undefined` for a limit that grows with the number of webhooks. */
  readonly maxSocketsPerClient: number | undefined
  /** True if each connection carries the requests of a single client. */
  readonly isPerClient: boolean
}

/** The maximum number of connections that Telegram opens for one webhook. */
const perWebhook = 100

/** The open files for other parts of the process, such as calls to Telegram and the queue. */
const reservedFiles = 64
/** The additional share of the limit of open files that is reserved for other parts of the process. */
const reservedShare = 1 / 8

/** The smallest limit of connections, with which a webhook still works. */
const minSockets = 16

/**
 * Returns the limits for a number of webhooks. The limits permit all connections that Telegram may open, as far
 * as the process's limit of open files permits them.
 *
 * @param openFiles the largest number of open files of the process; `undefined` if it is unknown
 */
export function connectionLimits(
  { maxSockets, maxSocketsPerClient, isPerClient }: ConnectionLimitOptions,
  webhooks: number,
  openFiles: number | undefined,
): ConnectionLimits {
  const wanted = maxSockets ?? Math.max(1000, 500 + perWebhook * webhooks)
  const max = Math.min(wanted, socketsWithin(openFiles))
  const ofClient = maxSocketsPerClient ?? perWebhook * Math.max(1, webhooks)
  return { max, maxPerClient: isPerClient ? Math.min(ofClient, max) : max }
}

/** Returns a warning if the process's limit of open files is too low for the options. */
export function openFilesAdvice(
  { maxSockets }: ConnectionLimitOptions,
  webhooks: number,
  openFiles: number | undefined,
): string | undefined {
  const most = socketsWithin(openFiles)
  const wanted = maxSockets ?? perWebhook * webhooks
  if (openFiles === undefined || wanted <= most) return undefined
  return (
    `The process may open only ${openFiles} files, so the server accepts at most ${most} connections, ` +
    `${maxSockets === undefined ? `but Telegram may open ${wanted}` : `not the ${wanted} of \`maxSockets\``}. ` +
    "Raise the limit (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of Docker), or lower `maxConnections`"
  )
}

/** Returns the process's limit of open files; `undefined` if it is unknown, as outside of Linux. */
export function openFilesLimit(): number | undefined {
  try {
    const [, limit] =
      /^Max open files +(\d+)/m.exec(nodeFs().readFileSync("/proc/self/limits", "utf8")) ?? []
    return limit === undefined ? undefined : Number(limit)
  } catch {
    return undefined
  }
}

/** Returns the maximum number of connections that the limit of open files permits. */
function socketsWithin(openFiles = Infinity): number {
  if (openFiles === Infinity) return Number.MAX_SAFE_INTEGER
  return Math.max(minSockets, openFiles - reservedFiles - Math.ceil(openFiles * reservedShare))
}
