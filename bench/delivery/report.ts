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
const introduction = `# Delivery: lost, repeated and disordered updates

Bots of several frameworks get the same updates while faults happen, and a judge counts the outcomes.
\`npm run bench:delivery\` writes this page; [bench/delivery](../../bench/delivery) contains all programs,
each bot in a file of a few lines that follows its framework's own documentation.

![The worst row of each](delivery.svg)

- Telegram is the [simulator](../guides/simulator.md), which stores, sends and repeats updates like the real
  server. Updates are messages and, every fifth, presses on a button of the same private chat. Handlers take
  0 to 5 seconds: 60% at most 10 ms, 98% at most 400 ms; the mean is 58 ms.
- Every bot is a process under a supervisor, which restarts it a second after it has ended. The bot writes the
  start and the end of each handler into a journal that survives \`kill -9\`. The judge reads the journals and
  Telegram's record, and does not know the frameworks.
- These counts are per million updates. **lost**: no handler has ended, and neither Telegram nor the bot has the
  update. **twice**: a handler began again after it had ended, or while it was running. **run again**: a handler
  began again because the process in which it ran had died. At a kill, *twice* includes updates whose handler had
  just ended without being acknowledged yet. **out of order**: a handler began before the handler of an earlier
  update of its chat had ended; in brackets, the updates that Telegram itself had sent in that order or in the same
  millisecond, because a button press does not wait for a message.
- **chats delayed**: chats in which an update without an earlier unfinished update of its chat waited for more than
  5 s; counted for faults during which the bot is never down. **longest wait**: the longest time from an update to
  the start of its handler.
- A run that has not finished at its time limit is cut off, and shown as **unfinished** with the share of handled
  updates. Such a bot handles updates one after the other, or in batches that wait for their slowest update, or has
  fallen behind.
- Two to five runs at a time were made on a machine with other load. Compare counts, not times: the machine may have
  caused a *longest wait* of seconds. Sounder got 100,000 updates, the others 20,000, as each row shows. A killed
  worker of a PostgreSQL queue keeps its deliveries until its lease ends, 30 s later.
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
  "sounder-grammy-polling",
  "grammy-polling",
  "grammy-runner-polling",
  "telegraf-webhook",
]

/** Returns the table of the README: the worst row of some contenders. */
export function extract(results: readonly Result[]): string {
  const head = ["bot", "lost", "handled twice", "out of order", "chats that a slow one delays"]
  const rows = contenders.flatMap(({ name, title, mode }) => {
    const ownResults = results.filter(({ contender }) => contender === name)
    if (ownResults.length === 0 || !shownInReadme.includes(name)) return []
    const { lost, handledTwice, outOfOrder } = worstOf(ownResults)
    const cells = [lost, handledTwice, outOfOrder].map(format)
    return [[`${title}, ${mode}`, ...cells, delayOf(ownResults)]]
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
export function worstOf(ownResults: readonly Result[]): Worst {
  const worst = (count: (result: Result) => number) =>
    Math.max(...ownResults.map((result) => perMillion(count(result), result)))
  return {
    lost: worst(({ lost }) => lost),
    handledTwice: worst(({ handledTwice }) => handledTwice),
    outOfOrder: worst(({ outOfOrder, sentOutOfOrder }) => outOfOrder - sentOutOfOrder),
    sentOutOfOrder: worst(({ sentOutOfOrder }) => sentOutOfOrder),
  }
}

/** Returns the number of delayed chats; a bot that falls behind delays all, with and without a slow chat. */
function delayOf(ownResults: readonly Result[]): string {
  const slow = ownResults.find(({ fault }) => fault === "slow-chat")
  if (!slow) return ""
  if (slow.unfinished > slow.updates / 100) return "all"
  return `${format(slow.chatsDelayed)} of ${format(slow.chats)}`
}

function withBrackets(ownResults: number, sent: number): string {
  return sent === 0 ? format(ownResults) : `${format(ownResults)} (${format(sent)})`
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
    ["Updates per second", of(({ perSecond }) => format(perSecond))],
    ["Seed", of(({ seed }) => String(seed))],
    ["Run", of(({ date }) => date.slice(0, 10))],
  ]
  return markdown(["condition", "value"], rows)
}

function overview(results: readonly Result[]): string {
  const head = ["bot", ...faults.map(({ title }) => title)]
  const rows = contenders.flatMap(({ name, title, mode }) => {
    const ownResults = results.filter(({ contender }) => contender === name)
    if (ownResults.length === 0) return []
    const cells = faults.map((fault) => summary(ownResults.find((one) => one.fault === fault.name)))
    return [[`${title}, ${mode}`, ...cells]]
  })
  const legend =
    "✓: everything was handled, once and in order; otherwise counts per million updates.\n"
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
    const ownResults = contenders.flatMap(({ name }) =>
      results.filter((one) => one.contender === name && one.fault === fault.name),
    )
    if (ownResults.length === 0) return ""
    const head = ["bot", "updates", "handled", "lost", "twice", "run again", "out of order"]
    const rest = [...(fault.isAlwaysUp ? ["chats delayed"] : []), "longest wait", "crashes", "took"]
    const rows = ownResults.map((result) => rowOf(result, fault.isAlwaysUp ?? false))
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
