import type { UpdateQueue } from "../queue/index.js"

/**
 * The default of `maxConnections` with a queue that stores updates. A put then takes milliseconds, so that a few
 * connections are enough, and Telegram opens fewer at once after a restart.
 */
const storedMaxConnections = 8

/**
 * Returns the default of `maxConnections`. If the puts of a queue wait for handlers, each running handler needs a
 * connection, so that Telegram's own default applies, which is `undefined`.
 */
export function defaultMaxConnections(queue: UpdateQueue): number | undefined {
  return queue.acknowledge ? undefined : storedMaxConnections
}
