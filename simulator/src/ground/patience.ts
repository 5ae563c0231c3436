/** The default time-out of a wait for a bot, in milliseconds. A bot on a busy machine is slow. */
export const patienceMs = 20_000
