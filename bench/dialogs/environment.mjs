/** The receiver, `alone` for the framework or `sounder`, and the mode, `polling` or `webhook`. */
export const { RECEIVER: receiver, MODE: mode } = process.env
/** The bot's token, the Bot API to call, the folder of the bot's files, and the webhook's URL. */
export const {
  BOT_TOKEN: token,
  API_ROOT: apiRoot,
  STORE: folder,
  WEBHOOK_URL: webhookUrl,
} = process.env
/** The port of the webhook on 127.0.0.1. */
export const port = Number(process.env.PORT)
/** The secret of the webhook. */
export const secretToken = "a-secret-of-the-dialogs"

/** Starts an updater, and runs it until a signal. */
export async function runOnSounder(updater, queue) {
  if (mode === "polling") await updater.runPolling()
  else await updater.runWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl })
  await queue[Symbol.asyncDispose]()
}

/** The work of a handler; it makes a kill in the middle of a handler likely. */
export const work = () => new Promise((resolve) => setTimeout(resolve, 20))
