import { type Command, InvalidArgumentError } from "commander"
import type { QueueAdministration, UpdateReference } from "../queue/index.js"
import { ExitError } from "./exit-error.js"
import { storeCommand, type StoreFlags, withQueue } from "./queue-store.js"

interface Flags extends StoreFlags {
  readonly all?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** The actions on updates that were set aside, with their help texts. */
const actions = {
  replay: {
    done: "Replayed",
    summary: "handle updates that were set aside again",
    description:
      "Puts updates that were set aside into their lanes again, behind all others, as attempt 1.",
  },
  drop: {
    done: "Dropped",
    summary: "delete updates that were set aside",
    description: "Deletes updates that were set aside, for good.",
  },
} as const

type Action = keyof typeof actions

/** The number of updates that `--all` reads at a time. */
const pageSize = 200

/** `sounder queue replay` and `sounder queue drop`: replays or drops updates that were set aside. */
export function setAsideCommand(action: Action, print: (text: string) => void): Command {
  const { summary, description } = actions[action]
  return storeCommand(action)
    .summary(summary)
    .description(
      `${description} The bot may run meanwhile. Ends with 1 if a named update ` +
        "is not set aside.",
    )
    .argument(
      "[updates...]",
      "references BOT:UPDATE, as `sounder queue list` shows them",
      referenceOf,
    )
    .option("--all", "all updates that were set aside; needs --yes")
    .option("--yes", "confirm --all")
    .option("--json", "print JSON, for programs")
    .action(async (named: readonly UpdateReference[], flags: Flags) => {
      const { all = false, yes = false, json = false, ...store } = flags
      if (all === named.length > 0)
        throw new TypeError(`Expected updates: BOT:UPDATE, or --all --yes`)
      const act = async (queue: QueueAdministration) => {
        if (all && !yes) return confirmationMissing(action, queue)
        const result = all ? await doAll(action, queue) : await doEach(action, queue, named)
        if (json) print(`${JSON.stringify(result)}\n`)
        else if (result.done.length > 0 || all) print(doneText(action, result))
        if (result.missing.length > 0) throw new ExitError(1, json ? "" : missingText(result))
      }
      await withQueue(store, act, json ? undefined : print)
    })
}

/** The result of an action; each update is named as `BOT:UPDATE`. */
interface Result {
  /** The updates that were replayed or dropped. */
  readonly done: string[]
  /** The named updates that are not set aside. */
  readonly missing: string[]
}

function referenceOf(
  text: string,
  before: readonly UpdateReference[] = [],
): readonly UpdateReference[] {
  const [, botId, updateId] = /^(\d{1,15}):(-?\d{1,15})$/.exec(text) ?? []
  if (botId === undefined || updateId === undefined) {
    throw new InvalidArgumentError("Expected BOT:UPDATE, such as 110201543:4711.")
  }
  return [...before, { botId: Number(botId), updateId: Number(updateId) }]
}

async function confirmationMissing(action: Action, queue: QueueAdministration): Promise<never> {
  const { setAside } = await queue.status()
  const which = setAside === 1 ? "1 update is" : `${setAside} updates are`
  throw new TypeError(`${which} set aside. To ${action} all of them, use --all --yes`)
}

async function doEach(
  action: Action,
  queue: QueueAdministration,
  named: readonly UpdateReference[],
): Promise<Result> {
  const result: Result = { done: [], missing: [] }
  const wasSetAside = await Promise.all(named.map((reference) => queue[action](reference)))
  for (const [index, { botId, updateId }] of named.entries()) {
    const list = wasSetAside[index] === true ? result.done : result.missing
    list.push(`${botId}:${updateId}`)
  }
  return result
}

async function doAll(action: Action, queue: QueueAdministration): Promise<Result> {
  const result: Result = { done: [], missing: [] }
  const { setAside: total } = await queue.status()
  // `total` bounds the loop: an update that is replayed and set aside again is not replayed twice.
  while (result.done.length < total) {
    const page = await queue.setAside({ limit: Math.min(pageSize, total - result.done.length) })
    if (page.length === 0) break
    const named = page.map(({ botId, update }) => ({ botId, updateId: update.update_id }))
    const { done } = await doEach(action, queue, named)
    result.done.push(...done)
    if (done.length === 0) break
  }
  return result
}

function doneText(action: Action, { done }: Result): string {
  const count = `${done.length} ${done.length === 1 ? "update" : "updates"}`
  return `${actions[action].done} ${count}.\n`
}

function missingText({ missing }: Result): string {
  const verb = missing.length === 1 ? "is" : "are"
  return `${missing.join(", ")} ${verb} not set aside. \`sounder queue list\` names the updates that are`
}
