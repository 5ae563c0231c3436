import type { Command } from "commander"
import type { DeadLetter, QueueAdministration, WaitingCall } from "../queue/index.js"
import { ownContent } from "../telegram/own-update.js"
import { promisedCall } from "../telegram/promised-call.js"
import { updateType } from "../telegram/update-facts.js"
import { updateCount } from "./options.js"
import { storeCommand, type StoreFlags, withQueue } from "./queue-store.js"
import { textTable } from "./text-table.js"

interface Flags extends StoreFlags {
  readonly json?: boolean
  readonly outbox?: boolean
  readonly limit: number
}

/** Characters that would move the cursor of a terminal or break the lines of the table. */
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g
/** The maximum length of an error in the table, in characters. */
const longestError = 80

/** `sounder queue list`: lists the updates that were set aside, or the promised calls that wait. */
export function queueListCommand(print: (text: string) => void): Command {
  return storeCommand("list")
    .summary("list the updates that were set aside, with their errors")
    .description(
      "Lists the updates that were set aside (dead letters), the oldest first; with --outbox, the calls of ctx.later that wait. " +
        "Changes nothing; the bot may run meanwhile.",
    )
    .option("--outbox", "list the calls of ctx.later that wait instead")
    .option("--limit <number>", "the maximum length of the list", updateCount, 100)
    .option("--json", "print JSON, for programs, with the complete updates")
    .action(async ({ outbox = false, ...flags }: Flags) => {
      await (outbox ? list(waitingCalls, flags, print) : list(setAsideUpdates, flags, print))
    })
}

/** A list of one kind of updates. */
interface Listing<Listed> {
  readonly read: (queue: QueueAdministration, options: { limit: number }) => Promise<Listed[]>
  readonly none: string
  readonly head: readonly string[]
  readonly rowOf: (listed: Listed) => string[]
}

const setAsideUpdates: Listing<DeadLetter> = {
  read: (queue, options) => queue.setAside(options),
  none: "No update is set aside.\n",
  head: ["UPDATE", "TYPE", "LANE", "ATTEMPT", "SET ASIDE", "ERROR"],
  rowOf,
}

const waitingCalls: Listing<WaitingCall> = {
  read: (queue, options) => queue.outbox(options),
  none: "No promised call waits.\n",
  head: ["UPDATE", "METHOD", "LANE", "ATTEMPTS", "PUT", "NOT BEFORE"],
  rowOf: (call) => {
    const { update, lane, attempt, putAt, dueAt } = call
    const plain = [methodOf(update), lane].map(withoutControls)
    const times = [putAt.toISOString(), dueAt?.toISOString() ?? "-"]
    return [nameOf(call), ...plain, String(attempt), ...times]
  },
}

async function list<Listed>(
  { read, none, head, rowOf: toRow }: Listing<Listed>,
  { json = false, limit, ...store }: Omit<Flags, "outbox">,
  print: (text: string) => void,
): Promise<void> {
  const all = await withQueue(store, (queue) => read(queue, { limit }), json ? undefined : print)
  if (json) return print(`${JSON.stringify(all)}\n`)
  if (all.length === 0) return print(none)
  print(textTable([[...head], ...all.map(toRow)]))
  if (all.length === limit) print(`There may be more: --limit ${limit * 10}\n`)
}

/** Returns the method of a promised call. The store may be damaged, so the method is checked. */
function methodOf(update: WaitingCall["update"]): string {
  const method: unknown = promisedCall(update)?.method
  return typeof method === "string" ? method : "-"
}

function withoutControls(text: string): string {
  return text.replace(controlCharacters, " ")
}

/** Returns the reference `BOT:UPDATE` of an update. */
function nameOf({ botId, update }: Pick<DeadLetter, "botId" | "update">): string {
  return `${botId}:${update.update_id}`
}

function rowOf(letter: DeadLetter): string[] {
  const { update, lane, attempt, setAsideAt, error } = letter
  const text = withoutControls(error).trim()
  const shortText = text.length > longestError ? `${text.slice(0, longestError - 1)}…` : text
  const own = ownContent(update)
  const type = own ? `own ${own.name}` : updateType(update)
  const plain = [type ?? "-", lane].map(withoutControls)
  return [nameOf(letter), ...plain, String(attempt), setAsideAt.toISOString(), shortText]
}
