/**
 * Writes docs/benchmarks/delivery.md: the results as tables. All figures come from the results
 * file.
 *
 * @module
 */
import { contenders } from "./contenders.js"
import { type Fault, faults } from "./faults.js"
import type { Result } from "./results-file.js"

/** The text of the page before its tables. */
const introduction = `# Delivery: who loses what

The same updates go through bots of several frameworks while things go wrong, and a judge counts what
became of them. \`npm run bench:delivery\` makes this page; [bench/delivery](../../bench/delivery) holds
everything that is run, each bot in a file of a few lines that follows its framework's own
documentation.

![The worst row of each](delivery.svg)

- Telegram is the [simulator](../guides/simulator.md), which keeps, sends and repeats updates as the
  real server does. Updates are messages and, every fifth, presses on a button of the same private
  chat. Handlers take 0 to 5 seconds: 60% at most 10 ms, 98% at most 400 ms, 58 ms in the mean.
- Every bot is a process of its own under a supervisor that starts it again a second after it has
  ended. It notes the begin and the end of each handler in a journal that survives \`kill -9\`. The judge
  reads the journals and Telegram's record, and knows nothing of who is who.
- **lost**: no handler has ended, and nobody has the update any more. **twice**: a handler began again
  after it had ended, or while it was running. **run again**: it began again because the process in
  which it ran had died. At a kill, *twice* has those whose handler had just ended, when nobody had
  been told of that yet. **out of order**: it began before the handler of an earlier update of its chat
  had ended; in brackets, those that Telegram itself had sent in that order or in the same
  millisecond, because a press waits for no message. These four are per million updates. **chats
  delayed**: chats in which an update that had nothing before it in its chat waited for more than 5 s,
  counted where the bot is there all the time. **longest wait**: from the update to the begin of its
  handler.
- A run that has not come to an end at its limit is cut off, and is shown as **unfinished** with what
  it had handled by then. That is its result: it handles updates one after the other, or in batches
  that wait for their slowest, or has fallen behind.
- The runs were made two to five at a time on a machine that was busy with other work too. Compare
  counts, not times: a *longest wait* of seconds may be the machine's. Sounder got 100,000 updates, the
  others 20,000, which stands in each row; a worker of a PostgreSQL queue that was killed keeps what it
  held for its lease, 30 s.
`

/** Returns the whole page. */
export function report(results: readonly Result[]): string {
  return [introduction, conditions(results), overview(results), ...faults.map(tableOf(results))]
    .filter((part) => part !== "")
    .join("\n")
}

/** The contenders that the README shows. */
const shownInReadme = [
  "sounder-sqlite-polling",
  "sounder-sqlite-webhook",
  "grammy-polling",
  "grammy-runner-polling",
  "telegraf-webhook",
]

/** Returns the table of the README: the worst row of some contenders. */
export function extract(results: readonly Result[]): string {
  const head = ["", "lost", "handled twice", "out of order", "chats that a slow one delays"]
  const rows = contenders.flatMap(({ name, title, mode }) => {
    const own = results.filter(({ contender }) => contender === name)
    if (own.length === 0 || !shownInReadme.includes(name)) return []
    const { lost, handledTwice, outOfOrder } = worstOf(own)
    const cells = [lost, handledTwice, outOfOrder].map(format)
    return [[`${title}, ${mode}`, ...cells, delayOf(own)]]
  })
  return markdown(head, rows)
}

/** The worst counts of all faults, per million. */
export interface Worst {
  readonly lost: number
  readonly handledTwice: number
  /** Without the updates that Telegram itself sent in this order. */
  readonly outOfOrder: number
  readonly sentOutOfOrder: number
}

/** Returns the worst counts of all faults, each count by itself. */
export function worstOf(own: readonly Result[]): Worst {
  const worst = (count: (result: Result) => number) =>
    Math.max(...own.map((result) => perMillion(count(result), result)))
  return {
    lost: worst(({ lost }) => lost),
    handledTwice: worst(({ handledTwice }) => handledTwice),
    outOfOrder: worst(({ outOfOrder, sentOutOfOrder }) => outOfOrder - sentOutOfOrder),
    sentOutOfOrder: worst(({ sentOutOfOrder }) => sentOutOfOrder),
  }
}

/** Returns the number of delayed chats; a bot that falls behind delays all, with and without a slow chat. */
function delayOf(own: readonly Result[]): string {
  const slow = own.find(({ fault }) => fault === "slow-chat")
  if (!slow) return ""
  if (slow.unfinished > slow.updates / 100) return "all"
  return `${format(slow.chatsDelayed)} of ${format(slow.chats)}`
}

function withBrackets(own: number, sent: number): string {
  return sent === 0 ? format(own) : `${format(own)} (${format(sent)})`
}

function conditions(results: readonly Result[]): string {
  const versions = Object.fromEntries(results.flatMap((one) => Object.entries(one.versions)))
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const of = (value: (one: Result) => string) => [...new Set(results.map(value))].join("; ")
  const rows = [
    ["Packages", list.join(", ")],
    ["Node", of(({ node }) => node)],
    ["Machine", of(({ machine }) => machine)],
    ["Chats", of(({ chats }) => format(chats))],
    ["Updates", of(({ updates }) => format(updates))],
    ["Updates a second", of(({ perSecond }) => format(perSecond))],
    ["Seed", of(({ seed }) => String(seed))],
    ["Run", of(({ date }) => date.slice(0, 10))],
  ]
  return markdown(["", ""], rows)
}

function overview(results: readonly Result[]): string {
  const head = ["", ...faults.map(({ title }) => title)]
  const rows = contenders.flatMap(({ name, title, mode }) => {
    const own = results.filter(({ contender }) => contender === name)
    if (own.length === 0) return []
    const cells = faults.map((fault) => summary(own.find((one) => one.fault === fault.name)))
    return [[`${title}, ${mode}`, ...cells]]
  })
  const legend = "✓: everything was handled, once and in order; else per million of updates.\n"
  return `## Overview\n\n${legend}\n${markdown(head, rows)}`
}

function summary(result: Result | undefined): string {
  if (!result) return ""
  const { lost, handledTwice: twice, outOfOrder, sentOutOfOrder, unfinished } = result
  const order = outOfOrder - sentOutOfOrder
  const counts = { lost, twice, "out of order": order, "sent out of order": sentOutOfOrder }
  const faulty = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${format(perMillion(count, result))}`)
  const parts = unfinished > 0 ? [`unfinished ${percent(result)}`, ...faulty] : faulty
  return parts.length === 0 ? "✓" : parts.join("<br>")
}

function tableOf(results: readonly Result[]) {
  return (fault: Fault): string => {
    const own = contenders.flatMap(({ name }) =>
      results.filter((one) => one.contender === name && one.fault === fault.name),
    )
    if (own.length === 0) return ""
    const head = ["", "updates", "handled", "lost", "twice", "run again", "out of order"]
    const rest = [...(fault.isAlwaysUp ? ["chats delayed"] : []), "longest wait", "crashes", "took"]
    const rows = own.map((result) => rowOf(result, fault.isAlwaysUp ?? false))
    return `## ${capital(fault.title)}\n\n${markdown([...head, ...rest], rows)}`
  }
}

function rowOf(result: Result, showsDelay: boolean): string[] {
  const rate = (count: number) => format(perMillion(count, result))
  const { unfinished, expired, longestWaitMs, tookMs } = result
  const handled = unfinished > 0 ? `unfinished ${percent(result)}` : percent(result)
  return [
    `${result.title}, ${result.mode}`,
    format(result.updates),
    expired > 0 ? `${handled}, ${format(expired)} expired` : handled,
    rate(result.lost),
    rate(result.handledTwice),
    rate(result.rerun),
    withBrackets(
      perMillion(result.outOfOrder - result.sentOutOfOrder, result),
      perMillion(result.sentOutOfOrder, result),
    ),
    ...(showsDelay ? [format(result.chatsDelayed)] : []),
    `${(longestWaitMs / 1000).toFixed(1)} s`,
    format(result.crashes),
    `${Math.round(tookMs / 1000)} s`,
  ]
}

/** Returns a percentage, rounded down so that 100% means all. */
function percent({ handled, updates }: Result): string {
  return `${Math.floor((handled / updates) * 1000) / 10}%`
}

function perMillion(count: number, { updates }: Result): number {
  return Math.round((count / updates) * 1_000_000)
}

function format(count: number): string {
  return count.toLocaleString("en-US")
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"))
  const lines = [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`)
  return `${lines.join("\n")}\n`
}
