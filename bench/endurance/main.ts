/**
 * `npm run bench:endurance`: kills a bot with a queue repeatedly under load, or runs it for a long
 * time; see CONTRIBUTING.md. Exits with 1 if an update was lost or out of order, or if the bot
 * stood still.
 *
 * @module
 */
import { parseArgs } from "node:util"
import { runKills } from "./kills.js"
import { runSoak } from "./soak.js"

const { values } = parseArgs({
  options: {
    queue: { type: "string", default: "sqlite" },
    mode: { type: "string", default: "webhook" },
    database: { type: "string" },
    updates: { type: "string", default: "1000000" },
    kills: { type: "string", default: "100" },
    chats: { type: "string", default: "500" },
    backlog: { type: "string", default: "20000" },
    standstill: { type: "string", default: "1000" },
    soak: { type: "string" },
    rate: { type: "string", default: "200" },
  },
})

const queue = oneOf("queue", values.queue, ["memory", "sqlite", "postgres"] as const)
const mode = oneOf("mode", values.mode, ["polling", "webhook"] as const)
if (queue === "postgres" && !values.database) throw new TypeError("--database URL is needed")
const common = {
  queue,
  mode,
  chats: Number(values.chats),
  ...(values.database !== undefined && { database: values.database }),
}

if (values.soak === undefined) await kills()
else await soak(Number(values.soak))

async function kills(): Promise<void> {
  if (queue === "memory")
    throw new TypeError("Kills need a queue that stores updates: --queue sqlite")
  const result = await runKills({
    ...common,
    updates: Number(values.updates),
    kills: Number(values.kills),
    backlog: Number(values.backlog),
    say: console.log,
  })
  const { backlogs, ...verdict } = result
  console.log({ queue, mode, ...verdict, mostThatWaited: Math.max(...backlogs) })
  const { handled, lost, outOfOrder, longestStandstillMs } = result
  const isWrong = lost + outOfOrder > 0 || handled < Number(values.updates)
  if (isWrong || longestStandstillMs > Number(values.standstill)) process.exitCode = 1
}

async function soak(minutes: number): Promise<void> {
  const rows = await runSoak({ ...common, minutes, rate: Number(values.rate) })
  console.log(`${queue}, ${mode}, ${values.rate} updates per second, ${minutes} minutes`)
  console.table(rows.map((row) => Object.fromEntries(Object.entries(row).map(rounded))))
}

function rounded([name, value]: [string, number]): [string, number] {
  return [name, Math.round(value * 10) / 10]
}

function oneOf<Name extends string>(option: string, given: string, names: readonly Name[]): Name {
  const choice = names.find((name) => name === given)
  if (!choice) throw new TypeError(`--${option} is ${names.join(" or ")}, not ${given}`)
  return choice
}
