import type { Command } from "commander"
import type { StoredBot } from "../../fleet/store/index.js"
import { updateCount } from "../options.js"
import { textTable } from "../text-table.js"
import { fleetStoreCommand, type FleetFlags, withBotStore } from "./fleet-store.js"

interface Flags extends FleetFlags {
  readonly json?: boolean
  readonly kind?: string
  readonly parked?: boolean
  readonly limit: number
}

/** The maximum length of a reason or a problem in the table, in characters. */
const longestText = 80

/** `sounder fleet list`: lists the bots of the store. */
export function fleetListCommand(print: (text: string) => void): Command {
  return fleetStoreCommand("list")
    .summary("list the bots with their states, without their tokens")
    .description(
      "Lists the bots of the store with their states and problems, without their tokens.",
    )
    .option("--kind <name>", "only bots of this kind")
    .option("--parked", "only parked bots")
    .option("--limit <number>", "the maximum length of the list", updateCount, 1_000)
    .option("--json", "print JSON, for programs, with the data of the bots")
    .action(async ({ json = false, kind, parked = false, limit, ...store }: Flags) => {
      const state = parked ? "parked" : undefined
      const bots = await withBotStore(store, (open) => open.list({ kind, state, limit }))
      if (json) return print(`${JSON.stringify(bots)}\n`)
      if (bots.length === 0) return print("There is no such bot.\n")
      print(textTable([["BOT", "STATE", "KIND", "CHANGED", "PROBLEM"], ...bots.map(rowOf)]))
      if (bots.length === limit) print(`There may be more: --limit ${limit * 10}\n`)
    })
}

function rowOf({ botId, state, kind, changedAt, reason, problem }: StoredBot): string[] {
  const text = (reason ?? problem ?? "-").replaceAll(/\s+/g, " ")
  const shortText = text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
  return [String(botId), state, kind || "-", changedAt.toISOString(), shortText]
}
