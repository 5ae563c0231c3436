/** The receiver, such as `alone` for the framework or `sounder`, and the mode, `polling` or `webhook`. */
export const { RECEIVER: receiver, MODE: mode } = process.env
/** The bot's token, the Bot API to call, the folder of the bot's files, and the webhook's URL. */
export const {
  BOT_TOKEN: token,
  API_ROOT: apiRoot,
  STORE: folder,
  WEBHOOK_URL: webhookUrl,
} = process.env
/** The address of the PostgreSQL database; absent for a queue in a file. */
export const { DATABASE_URL: databaseUrl } = process.env
/** The port of the webhook on 127.0.0.1. */
export const port = Number(process.env.PORT)
/** The secret of the webhook. */
export const secretToken = "a-secret-of-the-dialogs"
/** The time from the end of a dialog to its reminder, in milliseconds. */
export const reminderMs = 500
/** The time after which an unanswered dialog ends, in milliseconds. */
export const timeoutMs = 1_500

/**
 * Starts an updater, and runs it until a signal.
 *
 * @param standby the lock of the only process that polls. Default: none.
 */
export async function runOnSounder(updater, queue, standby) {
  if (mode === "polling") await updater.runPolling({ standby })
  else await updater.runWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl })
  await queue[Symbol.asyncDispose]()
}

/** The work of a handler; it makes a kill in the middle of a handler likely. */
export const work = () => new Promise((resolve) => setTimeout(resolve, 20))
