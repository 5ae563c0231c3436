import type { Command } from "commander"
import { storeCommand, type StoreFlags, withQueue } from "./queue-store.js"
import type { OpenTransaction } from "../queue/queue-administration.js"
import { textTable } from "./text-table.js"

interface Flags extends StoreFlags {
  readonly json?: boolean
}

/** `sounder queue status`: prints the numbers of updates, timers, promised calls and values in the queue. */
export function queueStatusCommand(print: (text: string) => void): Command {
  return storeCommand("status")
    .summary("count the updates that wait, run and were set aside")
    .description(
      "Counts the updates that wait, that are being handled and that were set aside, the own updates " +
        "that wait for their time, such as runs of jobs (timers), the waiting calls of ctx.later " +
        "(outbox), and the stored values, such as sessions; and shows since when the oldest update " +
        "waits. In PostgreSQL, names a transaction that has been open for a minute. Changes nothing; the bot may run meanwhile.",
    )
    .option("--json", "print JSON, for programs")
    .action(async ({ json = false, ...store }: Flags) => {
      const { oldestPutAt, ...counts } = await withQueue(
        store,
        (queue) => queue.status(),
        json ? undefined : print,
      )
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
        ...openTransactionRow(counts.openTransaction),
      ]
      print(textTable(rows))
    })
}

/** Returns the row of an open transaction, if there is one. */
function openTransactionRow(open: OpenTransaction | undefined): string[][] {
  if (!open) return []
  const name = open.application === "" ? "" : ` of ${open.application}`
  return [["open transaction", `since ${open.beganAt.toISOString()}, pid ${open.pid}${name}`]]
}
