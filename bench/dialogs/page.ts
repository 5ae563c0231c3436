import type { Counts } from "./judge.js"
import type { Results } from "./results-file.js"
import type { Row } from "./row.js"

export const pageFile = "docs/benchmarks/dialogs.md"

type Column = readonly [title: string, cell: (row: Row) => number | string]

const columns: readonly Column[] = [
  ["people", ({ people }) => people],
  ["kills", ({ kills }) => kills],
  ["dialogs", ({ dialogs }) => dialogs],
  ["ended", ({ ended }) => ended],
  ["wrong", ({ wrong }) => wrong],
  ["stuck", ({ stuck }) => stuck],
  ["reminders", ({ reminders }) => cellOf(reminders)],
  ["time-outs", ({ timeouts }) => cellOf(timeouts)],
  ["messages", ({ messages }) => cellOf(messages)],
  ["in flight", ({ inFlight }) => inFlight],
  ["crashes", ({ crashes }) => crashes],
  ["unreadable", ({ unreadable }) => unreadable],
]

/** Returns the page with a table of results. */
export function pageOf(results: Results): string {
  const rows = Object.entries(results)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, row]) => [name, ...columns.map(([, cell]) => cell(row))])
  const titles = ["bot", ...columns.map(([title]) => title)]
  const lines = [titles, ["---", ...columns.map(() => "---:")], ...rows]
  return `${introduction}\n${lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("")}`
}

function cellOf({ once, twice, lost }: Counts): string {
  return once + twice + lost === 0 ? "" : `${once} / ${twice} / ${lost}`
}

const introduction = `# Dialogs under kills

People of the simulator have dialogs with a bot, again and again, while its process is killed up to 1.5 seconds
after its tenth update. A dialog asks for a name and an age, and its last message repeats both, with the number of the
person's dialogs from a session. A menu has a button whose handler sends the last message. The bots are in \`bench/dialogs\`. Each bot has the parts that its framework has:

| bot | dialog by states | dialog as a script | menu | session | reminder | time-out | promised messages |
| --- | --- | --- | --- | --- | --- | --- | --- |
| Sounder, with a queue in a file, or as two processes with a queue in PostgreSQL | yes | yes | yes | yes | yes | yes | yes |
| python-telegram-bot 13: \`ConversationHandler\`, \`JobQueue\`, \`PicklePersistence\` | yes | | | yes | yes | yes | |
| grammY: conversations, a menu, and sessions in files | | yes | yes | yes | | | |
| Telegraf: a scene and sessions in files | yes | | | yes | | | |

A reminder is due half a second after its dialog. A time-out ends a dialog that its person leaves without an answer for
1.5 seconds. The bots of grammY and Telegraf also run on Sounder:
with their sessions and dialogs in files, which a kill can separate from the update; and with the storage of
\`sounder/grammy\` and \`sounder/telegraf\`, which commits them together with the update.

- **ended**: dialogs that have come to their last message, with the right data.
- **wrong**: dialogs whose last message has another name, age or number of dialogs, and messages that no dialog expects.
- **stuck**: dialogs whose last message never came.
- **reminders**, **time-outs**, **messages** (all of them): messages that came once / more than once / never.
- **in flight**: messages that came again because a kill has interrupted their handler, before its end was
  stored; no bot can know whether Telegram got them. Such a message counts as one that came once.
- **crashes**: ends of the process by an error, of which a supervisor has started it again.
- **unreadable**: files of the bot that a kill has cut short. The bot then starts without its data.

The machine had other work on its two cores, so that a bot had less time between two kills than alone.
\`npm run bench -- dialogs\` measures and writes this page.
`
