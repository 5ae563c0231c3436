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
    .summary("show, set or delete the webhook at Telegram")
    .description("Shows, sets or deletes the webhook of a bot at Telegram.")
    .addCommand(infoCommand(print))
    .addCommand(webhookSetCommand(print))
    .addCommand(deleteCommand(print))
}

function infoCommand(print: (text: string) => void): Command {
  const command = new Command("info")
    .summary("show the webhook at Telegram, and its last error")
    .description("Shows the webhook at Telegram, and explains its last error.")
  return tokenOptions(command)
    .option("--json", "print JSON, for programs, with the explained error")
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
    .summary("delete the webhook, and keep pending updates")
    .description(
      "Deletes the webhook, as a bot that polls requires. Telegram keeps the pending updates.",
    )
  return tokenOptions(command)
    .option("--drop-pending", "drop the pending updates")
    .action(async ({ dropPending = false, ...flags }: DeleteFlags) => {
      await using bot = botOf(flags)
      const { url = "", pending_update_count: count } = await bot.getWebhookInfo()
      await bot.deleteWebhook(dropPending ? { drop_pending_updates: true } : {})
      const waiting = `${count} ${count === 1 ? "update" : "updates"}`
      const pendingText = dropPending ? `${waiting} dropped.` : `${waiting} kept at Telegram.`
      print(`${url === "" ? "No webhook was set" : "Deleted the webhook"}; ${pendingText}\n`)
    })
}
