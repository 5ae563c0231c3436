import { Command } from "commander"
import type { Bot } from "../bot/index.js"
import { sleep } from "../ground/sleep.js"
import type { Update } from "../telegram/types.js"
import { EndSignal } from "../ground/end-signal.js"
import { botOf, tokenOptions, type TokenFlags } from "./options.js"

interface Flags extends TokenFlags {
  readonly once?: boolean
  readonly confirm?: boolean
  readonly allowedUpdates?: readonly string[]
}

/** The longest wait of one `getUpdates`, in seconds. */
const pollSeconds = 25

/** The wait between two calls while printed updates stay at Telegram, in milliseconds. */
const peekMs = 1_000

/** The maximum number of updates in an answer to `getUpdates`. */
const maxUpdates = 100

/** `sounder updates`: prints the updates that arrive, a line each, and leaves them at Telegram. */
export function updatesCommand(print: (text: string) => void): Command {
  const command = new Command("updates")
    .summary("print the updates that arrive")
    .description(
      "Prints the updates that arrive, each as a line of JSON, until Ctrl+C. The updates stay at " +
        "Telegram for the bot, which must not poll meanwhile. While they stay, only the first 100 are printed.",
    )
  return tokenOptions(command)
    .option("--once", "print the pending updates, and end")
    .option("--confirm", "acknowledge the printed updates, so that Telegram forgets them")
    .option(
      "--allowed-updates <types>",
      "the types to ask for from now on, as in message,poll",
      parseTypes,
    )
    .action(async (flags: Flags) => {
      await using bot = botOf(flags)
      using end = new EndSignal()
      const abort = new AbortController()
      void end.received.then(() => abort.abort())
      await printUpdates(bot, flags, print, abort.signal).catch((error: unknown) => {
        if (!abort.signal.aborted) throw error
      })
    })
}

async function printUpdates(
  bot: Bot,
  { once = false, confirm = false, allowedUpdates }: Flags,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const allowed = allowedUpdates ? { allowed_updates: allowedUpdates } : {}
  let offset: number | undefined
  let highestId = -1
  for (;;) {
    const isPeeking = highestId >= 0 && !confirm
    const timeout = once || isPeeking ? 0 : pollSeconds
    const params = { ...allowed, timeout, limit: maxUpdates, ...(confirm ? { offset } : {}) }
    // The update types may be newer than this version of Sounder.
    const updates = await bot.call<Update[]>("getUpdates", params, { signal })
    for (const update of updates) {
      if (update.update_id > highestId) print(`${JSON.stringify(update)}\n`)
      highestId = Math.max(highestId, update.update_id)
    }
    offset = highestId + 1
    if (once && (!confirm || updates.length === 0)) return
    if (isPeeking) await sleep(peekMs, signal)
  }
}

function parseTypes(text: string): string[] {
  return text.split(",").map((type) => type.trim())
}
