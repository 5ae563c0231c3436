import type { Command } from "commander"
import type { BotStore } from "../../fleet/store/index.js"
import { ExitError } from "../exit-error.js"
import { botIdArgument, fleetStoreCommand, type FleetFlags, withBotStore } from "./fleet-store.js"

interface Flags extends FleetFlags {
  readonly deleteWebhook?: boolean
  readonly deleteData?: boolean
  readonly reason?: string
}

/** A change of one bot. */
interface Change {
  readonly command: Command
  readonly done: string
  /** The reason why a bot was not changed. */
  readonly missing: string
  readonly make: (store: BotStore, botId: number, flags: Flags) => Promise<boolean>
}

/** `sounder fleet remove`, `park` and `wake`: change bots in the store. */
export function fleetChangeCommands(print: (text: string) => void): readonly Command[] {
  return changes().map(({ command, done, missing, make }) =>
    command
      .argument("<bots...>", "the ids of the bots", botIdsOf)
      .action(async (botIds: readonly number[], flags: Flags) => {
        const unchanged: number[] = []
        await withBotStore(flags, async (store) => {
          for (const botId of botIds) {
            if (await make(store, botId, flags)) print(`${done} ${botId}.\n`)
            else unchanged.push(botId)
          }
        })
        if (unchanged.length > 0) throw new ExitError(1, `${missing}: ${unchanged.join(", ")}`)
      }),
  )
}

/** Adds the id of one bot to those before it. */
function botIdsOf(given: string, before: readonly number[] = []): readonly number[] {
  return [...before, botIdArgument(given)]
}

function changes(): readonly Change[] {
  return [
    {
      command: fleetStoreCommand("remove")
        .summary("remove bots")
        .description(
          "Removes bots from the store. The machines of the fleet stop receiving for them and still handle what they " +
            "have received; the store forgets the tokens. The state of the bots stays in the queue, unless --delete-data is given.",
        )
        .option(
          "--delete-webhook",
          "let the fleet call deleteWebhook; Telegram then keeps updates for getUpdates",
        )
        .option(
          "--delete-data",
          "let the fleet delete what the queue stores of the bots: updates, jobs and data",
        ),
      done: "Removed",
      missing: "Not in the store",
      make: (store, botId, { deleteWebhook, deleteData }) =>
        store.remove(botId, { deleteWebhook, deleteData }),
    },
    {
      command: fleetStoreCommand("park")
        .summary("stop receiving for bots, and keep them in the store")
        .description(
          "Parks bots: they stop receiving, and stay in the store. Telegram keeps their updates for a day.",
        )
        .option("--reason <text>", "a text that list and status show"),
      done: "Parked",
      missing: "Not active",
      make: (store, botId, { reason }) => store.park(botId, reason),
    },
    {
      command: fleetStoreCommand("wake")
        .summary("let parked bots receive again")
        .description("Lets parked bots receive again."),
      done: "Woke",
      missing: "Not parked",
      make: (store, botId) => store.wake(botId),
    },
  ]
}
