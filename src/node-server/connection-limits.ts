import { readFileSync } from "node:fs"

/** The most connections that a server keeps open. */
export interface ConnectionLimits {
  /** In all. */
  readonly max: number
  /** Of one client and not proven; `max` where connections carry the requests of many clients. */
  readonly maxPerClient: number
}

/** What the options of a server say of its limits. */
export interface GivenLimits {
  /** `undefined` for a limit that grows with the webhooks. */
  readonly maxSockets: number | undefined
  /** `undefined` for a limit that grows with the webhooks. */
  readonly maxSocketsPerClient: number | undefined
  /** Whether a connection carries the requests of one client only, as far as can be known. */
  readonly isPerClient: boolean
}

/** The most connections that Telegram opens for one webhook. */
const perWebhook = 100

/** Open files that are left to the rest of the process: calls to Telegram, the queue, the program's. */
const reservedFiles = 64
const reservedPart = 1 / 8

/** The fewest connections with which Telegram can still be served. */
const fewest = 16

/**
 * Returns the limits for so many webhooks. They leave room for all connections that Telegram may
 * open, and leave open files to the rest of the process.
 *
 * @param openFiles the most files that the process may have open, where that is known
 */
export function connectionLimits(
  { maxSockets, maxSocketsPerClient, isPerClient }: GivenLimits,
  webhooks: number,
  openFiles: number | undefined,
): ConnectionLimits {
  const wanted = maxSockets ?? Math.max(1000, 500 + perWebhook * webhooks)
  const max = Math.min(wanted, mostSockets(openFiles))
  const ofClient = maxSocketsPerClient ?? perWebhook * Math.max(1, webhooks)
  return { max, maxPerClient: isPerClient ? Math.min(ofClient, max) : max }
}

/** Returns a warning where the process may not open as many files as the options ask for. */
export function openFilesAdvice(
  { maxSockets }: GivenLimits,
  webhooks: number,
  openFiles: number | undefined,
): string | undefined {
  const most = mostSockets(openFiles)
  const wanted = maxSockets ?? perWebhook * webhooks
  if (openFiles === undefined || wanted <= most) return undefined
  return (
    `The process may open ${openFiles} files, so the server keeps at most ${most} connections, ` +
    `${maxSockets === undefined ? `while Telegram may open ${wanted}` : `not the ${wanted} of \`maxSockets\``}. ` +
    "Raise the limit (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of Docker), or lower `maxConnections`"
  )
}

/** Returns how many files the process may have open; `undefined` where the system does not say. */
export function openFilesLimit(): number | undefined {
  try {
    const [, limit] =
      /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? []
    return limit === undefined ? undefined : Number(limit)
  } catch {
    return undefined
  }
}

function mostSockets(openFiles = Infinity): number {
  if (openFiles === Infinity) return Number.MAX_SAFE_INTEGER
  return Math.max(fewest, openFiles - reservedFiles - Math.ceil(openFiles * reservedPart))
}
