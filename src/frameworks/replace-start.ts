import { callerError } from "../ground/call-place.js"
import type { Updater } from "../updater.js"

/**
 * Replaces methods of a framework's bot whose updates Sounder receives. The methods that start receiving reject with a
 * `TypeError`, whose stack begins at the line of the caller, and `stop` stops the updater.
 *
 * @param start the name of the method with which programs start the bot
 * @param inner the names of methods that `start` calls to receive
 */
export function replaceStart(
  bot: object,
  updater: Updater,
  start: "start" | "launch",
  inner: readonly string[] = [],
): void {
  const refuse = async () => {
    throw startedTwice(start)
  }
  const refused = Object.fromEntries([start, ...inner].map((name) => [name, refuse]))
  Object.assign(bot, refused, { stop: () => stopSoon(updater) })
}

/** Returns the error of a bot that a framework and Sounder start. */
export function startedTwice(start: "start" | "launch"): TypeError {
  return callerError(`Remove \`bot.${start}()\`: Sounder receives for this bot.`)
}

/**
 * Stops an updater after the listeners of a signal have run: `runPolling` then stops the updater with its own options.
 * The promise resolves at once, so that a handler can await it.
 */
async function stopSoon(updater: Updater): Promise<void> {
  setImmediate(() => void updater.stop())
}
