import type { Command } from "commander"
import type { KeptAside } from "../queue/index.js"
import { updateType } from "../telegram/update-facts.js"
import { updateCount } from "./options.js"
import { storeCommand, type StoreFlags, withQueue } from "./queue-store.js"
import { textTable } from "./text-table.js"

interface Flags extends StoreFlags {
  readonly json?: boolean
  readonly limit: number
}

/** Characters that would move the cursor of a terminal or break the lines of the table. */
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g
/** The maximum length of an error in the table, in characters. */
const longestError = 80

/** `sounder queue list`: lists the updates that were set aside. */
export function queueListCommand(print: (text: string) => void): Command {
  return storeCommand("list")
    .summary("what was set aside, with its error")
    .description(
      "Lists what was set aside, the oldest first. Changes nothing; the bot may run meanwhile.",
    )
    .option("--limit <number>", "how many at most", updateCount, 100)
    .option("--json", "as JSON, for programs, with the updates themselves")
    .action(async ({ json = false, limit, ...store }: Flags) => {
      const all = await withQueue(store, (queue) => queue.setAside({ limit }))
      if (json) return print(`${JSON.stringify(all)}\n`)
      if (all.length === 0) return print("No update is set aside.\n")
      const head = ["UPDATE", "TYPE", "LANE", "ATTEMPT", "SET ASIDE", "ERROR"]
      print(textTable([head, ...all.map(rowOf)]))
      if (all.length === limit) print(`There may be more: --limit ${limit * 10}\n`)
    })
}

/** Returns the name of an update on the command line. */
function nameOf({ botId, update }: Pick<KeptAside, "botId" | "update">): string {
  return `${botId}:${update.update_id}`
}

function rowOf(kept: KeptAside): string[] {
  const { update, lane, attempt, setAsideAt, error } = kept
  const text = error.replace(controlCharacters, " ").trim()
  const shortText = text.length > longestError ? `${text.slice(0, longestError - 1)}…` : text
  const plain = [updateType(update) ?? "-", lane].map((cell) =>
    cell.replace(controlCharacters, " "),
  )
  return [nameOf(kept), ...plain, String(attempt), setAsideAt.toISOString(), shortText]
}
