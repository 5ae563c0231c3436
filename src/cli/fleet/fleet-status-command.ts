import type { Command } from "commander"
import type { StoredBot } from "../../fleet/store/index.js"
import { textTable } from "../text-table.js"
import { fleetStoreCommand, type FleetFlags, withBotStore } from "./fleet-store.js"

interface Flags extends FleetFlags {
  readonly json?: boolean
}

/** `sounder fleet status`: counts the bots of the store by their states. */
export function fleetStatusCommand(print: (text: string) => void): Command {
  return fleetStoreCommand("status")
    .summary("count the bots by their states")
    .description(
      "Counts the bots of the store by their states. A bot with a problem is active, and the fleet tries again to " +
        "register it; an unreadable bot has a token of another key, or damaged data.",
    )
    .option("--json", "print JSON, for programs")
    .action(async ({ json = false, ...store }: Flags) => {
      const bots = await withBotStore(store, (open) => open.list())
      const count = (isCounted: (bot: StoredBot) => boolean) => bots.filter(isCounted).length
      const counts = {
        active: count(({ state }) => state === "active"),
        parked: count(({ state }) => state === "parked"),
        leaving: count(({ state }) => state === "leaving"),
        problems: count(({ state, problem }) => state === "active" && problem !== null),
        unreadable: count((bot) => !isReadable(bot)),
      }
      if (json) return print(`${JSON.stringify(counts)}\n`)
      print(textTable(Object.entries(counts).map(([name, number]) => [name, String(number)])))
    })
}

function isReadable(bot: StoredBot): boolean {
  try {
    bot.openToken()
    return bot.data !== undefined
  } catch {
    return false
  }
}
