const fromEnvironment = Number(process.env["TELEGRAM_SIMULATOR_WAIT_MS"])

/**
 * The default time-out of a wait for a bot, in milliseconds: 5,000, or the environment variable
 * `TELEGRAM_SIMULATOR_WAIT_MS`, which gives a bot on a busy machine more time.
 */
export const patienceMs = fromEnvironment > 0 ? fromEnvironment : 5_000
