import type { Context } from "../../dispatch/context/context.js"
import { AdviceLog } from "../../ground/advice-log.js"
import { Timer } from "../../ground/timer.js"
import { guardedLogger } from "../../telegram/guarded-logger.js"
import type { AnyScript } from "./script-form.js"
import { type RunState, ScriptRun } from "./script-run.js"
import type { SegmentRecord } from "./segment.js"
import type { TracedOperation } from "./traced-operation.js"

/** The number of recorded operations from which the developer is advised to use `again`. */
const manyEntries = 100

const advice = new AdviceLog((message) => guardedLogger().warn(message))

/**
 * Replays a waiting run, and logs a difference between the two runs, which shows that the script depends on a value
 * that is not recorded. Also logs that a record is long.
 */
export async function adviseOnRun(run: ScriptRun, ctx: Context, script: AnyScript): Promise<void> {
  const { form, data } = run
  if (run.size > manyEntries) {
    advice.warnOnce(
      `The script of the conversation ${form.name} has recorded more than ${manyEntries} operations, all of ` +
        "which each update reads and replays: begin again with `return talk.again(data)`",
      `size ${form.name}`,
    )
  }
  // The copy that the next update would read.
  const recorded = JSON.parse(JSON.stringify(run.records)) as SegmentRecord[]
  const replayed = new ScriptRun({ form, ctx, data, recorded })
  const state = await stateInTurn(replayed.replay(script))
  const difference = differenceOf(run.operations, replayed.operations, state)
  if (difference === undefined) return
  advice.warnOnce(
    `The script of the conversation ${form.name} does not repeat itself: ${difference}. At each update the ` +
      "script is called again, so take times and random numbers from `talk.now()` and `talk.random()`, and " +
      "do all other work in `talk.step()`",
  )
}

/** Resolves with the state of a replay; `undefined` if the replay waits for more than its record. */
function stateInTurn(replay: Promise<RunState>): Promise<RunState | undefined> {
  return new Promise((resolve) => {
    const timer = new Timer(() => resolve(undefined), 0)
    void replay.then((state) => {
      timer.stop()
      resolve(state)
    })
  })
}

/** Returns a text with the first difference of a replay; `undefined` for none. */
function differenceOf(
  live: readonly TracedOperation[],
  replayed: readonly TracedOperation[],
  state: RunState | undefined,
): string | undefined {
  const last = live.at(-1)?.segment ?? 0
  const [first, second] = [live, replayed].map((all) =>
    all.filter(({ segment }) => segment === last),
  )
  for (const [index, operation] of (first ?? []).entries()) {
    const other = second?.[index]
    if (!other && state === undefined) {
      const before = second?.at(-1) ?? replayed.at(-1)
      return `it waits for work that is not recorded${placeOf("after", before)}${placeOf("before", operation)}`
    }
    if (!other) return `${textOf(operation)} is missing in a replay`
    if (other.key === operation.key && other.detail === operation.detail) continue
    return `${textOf(operation)} became ${textOf(other)} in a replay`
  }
  // The last operation of both is the wait.
  return undefined
}

function textOf(operation: TracedOperation): string {
  const { key, detail } = operation
  return `${key}${detail && ` ${detail}`}${placeOf("at", operation)}`
}

function placeOf(word: string, operation: TracedOperation | undefined): string {
  const line = operation?.place.line
  return line === undefined ? "" : ` ${word} ${line}`
}
