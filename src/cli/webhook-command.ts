import { Command } from "commander"
import { botOf, tokenOptions, type TokenFlags } from "./options.js"
import { webhookSetCommand } from "./webhook-set-command.js"

interface InfoFlags extends TokenFlags {
  readonly json?: boolean
}

interface DeleteFlags extends TokenFlags {
  readonly dropPending?: boolean
}

/** `sounder webhook info|set|delete`: manages the registration of the webhook at Telegram. */
export function webhookCommand(print: (text: string) => void): Command {
  return new Command("webhook")
    .summary("look at, set or delete the webhook that Telegram has")
    .description("Looks at, sets or deletes the webhook that Telegram has of a bot.")
    .addCommand(infoCommand(print))
    .addCommand(webhookSetCommand(print))
    .addCommand(deleteCommand(print))
}

function infoCommand(print: (text: string) => void): Command {
  const command = new Command("info")
    .summary("say what Telegram knows of the webhook")
    .description("Says what Telegram knows of the webhook, and what its last error means.")
  return tokenOptions(command)
    .option("--json", "as JSON, for programs, with the error explained")
    .action(async (flags: InfoFlags) => {
      // Loaded here, because the other commands do not need these parts.
      const { explainWebhookError } = await import("../telegram/index.js")
      const { webhookReport } = await import("../doctor/index.js")
      await using bot = botOf(flags)
      const info = await bot.getWebhookInfo()
      if (flags.json !== true) return print(webhookReport(info, { token: bot.token }))
      const { last_error_message: text } = info
      const explained = text === undefined ? {} : { explained: explainWebhookError(text) }
      print(`${JSON.stringify({ ...info, ...explained }, undefined, 2)}\n`)
    })
}

function deleteCommand(print: (text: string) => void): Command {
  const command = new Command("delete")
    .summary("delete the webhook; what waits is kept")
    .description("Deletes the webhook, as for a bot that polls. Updates that wait are kept.")
  return tokenOptions(command)
    .option("--drop-pending", "forget the updates that wait")
    .action(async ({ dropPending = false, ...flags }: DeleteFlags) => {
      await using bot = botOf(flags)
      const { url = "", pending_update_count: count } = await bot.getWebhookInfo()
      await bot.deleteWebhook(dropPending ? { drop_pending_updates: true } : {})
      const waiting = `${count} ${count === 1 ? "update" : "updates"}`
      const pendingText = dropPending ? `${waiting} forgotten.` : `${waiting} kept at Telegram.`
      print(`${url === "" ? "No webhook was set" : "Deleted the webhook"}; ${pendingText}\n`)
    })
}
