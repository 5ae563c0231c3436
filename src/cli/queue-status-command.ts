import type { Command } from "commander"
import { storeCommand, type StoreFlags, withQueue } from "./queue-store.js"
import { textTable } from "./text-table.js"

interface Flags extends StoreFlags {
  readonly json?: boolean
}

/** `sounder queue status`: prints the numbers of updates, timers, promised calls and values in the queue. */
export function queueStatusCommand(print: (text: string) => void): Command {
  return storeCommand("status")
    .summary("how many updates wait, run and were set aside")
    .description(
      "Says how many updates wait, how many have been begun and not ended, how many were set aside, " +
        "how many own updates, such as runs of jobs, wait for their time (timers), how many calls of ctx.later wait " +
        "(outbox), how many values, such as sessions, are stored, and since when the oldest update waits. " +
        "Changes nothing; the bot may run meanwhile.",
    )
    .option("--json", "as JSON, for programs")
    .action(async ({ json = false, ...store }: Flags) => {
      const { oldestPutAt, ...counts } = await withQueue(store, (queue) => queue.status())
      const oldest = oldestPutAt?.toISOString()
      if (json) return print(`${JSON.stringify({ ...counts, oldestPutAt: oldest ?? null })}\n`)
      const rows = [
        ["waiting", String(counts.waiting)],
        ["running", String(counts.running)],
        ["set aside", String(counts.setAside)],
        ["timers", String(counts.timers)],
        ["outbox", String(counts.outbox)],
        ["values", String(counts.values)],
        ["oldest", oldest ?? "-"],
      ]
      print(textTable(rows))
    })
}
