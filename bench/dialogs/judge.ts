/**
 * The judge of a bot: compares the dialogs of the people with the messages that Telegram has accepted, and with the
 * chats whose handlers the kills have interrupted.
 *
 * @module
 */
import { type Heard, keyOf } from "./transcript.js"

/** A dialog as its person had it. */
export interface Dialog {
  readonly chat: number
  /** The number of the dialog within its chat. */
  readonly nr: number
  /** The words of the messages that the bot has to send, each once. */
  readonly expected: string[]
  /** The word of the last message. */
  readonly last: string
  /** The data of the last message, before the number of dialogs of the person; `undefined` for none. */
  readonly data: string | undefined
}

/** The work for a chat that the end of a process has interrupted. */
export interface Interrupted {
  readonly chat: number
  /** The beginning of the work and the end of the process, on the machine's monotonic clock. */
  readonly beganAt: number
  readonly endedAt: number
}

/** The evidence about a bot. */
export interface Evidence {
  readonly dialogs: readonly Dialog[]
  readonly heard: readonly Heard[]
  readonly interrupted: readonly Interrupted[]
}

/** Numbers of expected messages. */
export interface Counts {
  once: number
  twice: number
  lost: number
}

/** The verdict on a bot. */
export interface Verdict {
  readonly dialogs: number
  /** Dialogs that have come to their last message, with the right data. */
  ended: number
  /** Dialogs whose last message has wrong data, and messages that no dialog expects. */
  wrong: number
  /** Dialogs without their last message. */
  stuck: number
  /** All messages. A message that was repeated only in flight counts as `once`. */
  readonly messages: Counts
  readonly reminders: Counts
  readonly timeouts: Counts
  /** Repetitions of messages whose handler was running at a kill. */
  inFlight: number
  /** A line for each fault. */
  readonly faults: string[]
}

/**
 * The time in milliseconds that a call of a killed process may spend in the sockets before Telegram reads the
 * call.
 */
const inSocketsMs = 2_000

/** Judges a bot. */
export function judge({ dialogs, heard, interrupted }: Evidence): Verdict {
  const counts = () => ({ once: 0, twice: 0, lost: 0 })
  const verdict: Verdict = {
    dialogs: dialogs.length,
    ...{ ended: 0, wrong: 0, stuck: 0, inFlight: 0, faults: [] },
    ...{ messages: counts(), reminders: counts(), timeouts: counts() },
  }
  const byKey = groupBy(
    heard.filter(({ word }) => word !== "Pong"),
    keyOf,
  )
  for (const dialog of dialogs) {
    for (const word of dialog.expected) {
      const found = byKey.get(keyOf({ ...dialog, word })) ?? []
      count(verdict, { dialog, word, found, interrupted })
    }
  }
  judgeEnds(verdict, dialogs, byKey)
  const expected = new Set(
    dialogs.flatMap((dialog) => dialog.expected.map((word) => keyOf({ ...dialog, word }))),
  )
  for (const [key, [message]] of byKey) {
    if (expected.has(key)) continue
    verdict.wrong += 1
    verdict.faults.push(`${key}: not expected (${message?.rest ?? ""})`)
  }
  return verdict
}

/** Counts an expected message. */
function count(
  verdict: Verdict,
  {
    dialog,
    word,
    found,
    interrupted,
  }: {
    readonly dialog: Dialog
    readonly word: string
    readonly found: readonly Heard[]
    readonly interrupted: readonly Interrupted[]
  },
): void {
  const repetitions = found.slice(1).map((again, index) => ({ first: found[index], again }))
  const inFlight = repetitions.filter(({ first, again }) =>
    interrupted.some(
      ({ chat, beganAt, endedAt }) =>
        first !== undefined &&
        chat === dialog.chat &&
        beganAt <= first.at &&
        first.at <= endedAt + inSocketsMs &&
        endedAt <= again.at,
    ),
  ).length
  verdict.inFlight += inFlight
  const isTwice = repetitions.length > inFlight
  const result = found.length === 0 ? "lost" : isTwice ? "twice" : "once"
  verdict.messages[result] += 1
  if (word === "Reminder") verdict.reminders[result] += 1
  if (word === "Late") verdict.timeouts[result] += 1
  if (result === "once") return
  const times = found.map(({ at }) => Math.round(at)).join(", ")
  verdict.faults.push(`${keyOf({ ...dialog, word })}: ${result} (${times})`)
}

/** Judges the last messages of all dialogs. */
function judgeEnds(
  verdict: Verdict,
  dialogs: readonly Dialog[],
  byKey: ReadonlyMap<string, readonly Heard[]>,
): void {
  for (const own of groupBy(dialogs, ({ chat }) => chat).values()) {
    const person = { counted: 0, stuck: 0 }
    for (const dialog of own) {
      const key = keyOf({ ...dialog, word: dialog.last })
      const { fault, kind } = endOf(dialog, byKey.get(key) ?? [], person)
      verdict[kind] += 1
      if (fault !== undefined) verdict.faults.push(`${key}: ${fault}`)
    }
  }
}

/**
 * Judges the last messages of a dialog, of which several have come if the message was repeated.
 *
 * @param person the number of the person's dialogs in the last message before, and the dialogs since then whose last
 *   message never came: each may have been counted
 */
function endOf(
  { data }: Dialog,
  found: readonly Heard[],
  person: { counted: number; stuck: number },
): { readonly kind: "ended" | "wrong" | "stuck"; readonly fault?: string } {
  if (found.length === 0) {
    if (data !== undefined) person.stuck += 1
    return { kind: "stuck", fault: "stuck" }
  }
  if (data === undefined) return { kind: "ended" }
  const { counted, stuck } = person
  const numbers = found.map(({ rest }) => numberOf(rest, data))
  person.counted = Math.max(counted, ...numbers.filter((number) => !Number.isNaN(number)))
  person.stuck = 0
  const isRight = (number: number) => number > counted && number <= counted + 1 + stuck
  // A dialog that was repeated as a whole has been counted once only.
  if (numbers.every(isRight) && new Set(numbers).size === 1) return { kind: "ended" }
  const texts = found.map(({ rest }) => rest).join("; ")
  return { kind: "wrong", fault: `wrong (${texts}; counted before: ${counted}, stuck: ${stuck})` }
}

/** Returns the number of dialogs in a last message; `NaN` if its data are wrong. */
function numberOf(rest: string, data: string): number {
  return rest.startsWith(`${data}, `) ? Number(rest.slice(data.length + 2)) : NaN
}

function groupBy<Item, Key>(
  items: readonly Item[],
  keyOfItem: (item: Item) => Key,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOfItem(item))
    if (group) group.push(item)
    else groups.set(keyOfItem(item), [item])
  }
  return groups
}
