import { type Command, InvalidArgumentError } from "commander"
import type { QueueAdministration, UpdateReference } from "../queue/index.js"
import { ExitError } from "./exit-error.js"
import { storeCommand, type StoreFlags, withQueue } from "./queue-store.js"

interface Flags extends StoreFlags {
  readonly all?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** What can be done with updates that were set aside. */
const ways = {
  replay: {
    done: "Replayed",
    summary: "have updates that were set aside handled again",
    description:
      "Puts updates that were set aside into their lanes again, behind all others, as attempt 1.",
  },
  drop: {
    done: "Dropped",
    summary: "forget updates that were set aside",
    description: "Forgets updates that were set aside. They are gone for good.",
  },
} as const

/** How many are read at a time where all are meant. */
const pageSize = 200

/** `sounder queue replay` and `sounder queue drop`. */
export function queueAgainCommand(what: keyof typeof ways, print: (text: string) => void): Command {
  const { summary, description } = ways[what]
  return storeCommand(what)
    .summary(summary)
    .description(
      `${description} The bot may run meanwhile. Ends with 1 where one that was named ` +
        "was not set aside.",
    )
    .argument("[updates...]", "as `sounder queue list` names them: BOT:UPDATE", referenceOf)
    .option("--all", "all that were set aside; needs --yes")
    .option("--yes", "yes, really all")
    .option("--json", "as JSON, for programs")
    .action(async (named: readonly UpdateReference[], flags: Flags) => {
      const { all = false, yes = false, json = false, ...store } = flags
      if (all === named.length > 0) throw new TypeError(`Say which: BOT:UPDATE, or --all --yes`)
      await withQueue(store, async (queue) => {
        if (all && !yes) return askFor(what, queue)
        const result = all ? await doAll(what, queue) : await doEach(what, queue, named)
        print(json ? `${JSON.stringify(result)}\n` : sentence(what, result))
        if (result.missing.length > 0) throw new ExitError(1)
      })
    })
}

interface Result {
  readonly done: string[]
  readonly missing: string[]
}

function referenceOf(
  text: string,
  before: readonly UpdateReference[] = [],
): readonly UpdateReference[] {
  const [, botId, updateId] = /^(\d{1,15}):(\d{1,15})$/.exec(text) ?? []
  if (botId === undefined || updateId === undefined) {
    throw new InvalidArgumentError("It has to be like 110201543:4711, BOT:UPDATE.")
  }
  return [...before, { botId: Number(botId), updateId: Number(updateId) }]
}

async function askFor(what: string, queue: QueueAdministration): Promise<never> {
  const { setAside } = await queue.status()
  const which = setAside === 1 ? "1 update is" : `${setAside} updates are`
  throw new TypeError(`${which} set aside. To ${what} all of them, say --all --yes`)
}

async function doEach(
  what: keyof typeof ways,
  queue: QueueAdministration,
  named: readonly UpdateReference[],
): Promise<Result> {
  const result: Result = { done: [], missing: [] }
  const found = await Promise.all(named.map((reference) => queue[what](reference)))
  for (const [index, { botId, updateId }] of named.entries()) {
    const list = found[index] === true ? result.done : result.missing
    list.push(`${botId}:${updateId}`)
  }
  return result
}

async function doAll(what: keyof typeof ways, queue: QueueAdministration): Promise<Result> {
  const result: Result = { done: [], missing: [] }
  const { setAside: left } = await queue.status()
  // What is replayed and set aside once more meanwhile is not done twice.
  while (result.done.length < left) {
    const page = await queue.setAside({ limit: Math.min(pageSize, left - result.done.length) })
    if (page.length === 0) break
    const named = page.map(({ botId, update }) => ({ botId, updateId: update.update_id }))
    const { done } = await doEach(what, queue, named)
    result.done.push(...done)
    if (done.length === 0) break
  }
  return result
}

function sentence(what: keyof typeof ways, { done, missing }: Result): string {
  const count = `${done.length} ${done.length === 1 ? "update" : "updates"}`
  return `${ways[what].done} ${count}.\n${missing.map((name) => `${name} is not set aside.\n`).join("")}`
}
