/**
 * Measures durable intake over a webhook: a `SqliteQueue`, whose 200 means that the update is on
 * disk, against a bare `node:http` server and frameworks, neither of which store anything. Measures
 * receiving alone, and receiving and handling in the same process. The frameworks need the packages
 * of `simulator/test/peers` (`npm ci` there).
 *
 * @module
 */
import { existsSync } from "node:fs"
import { compare, end, median, serverOf } from "./webhook-load.js"

const targets: Readonly<Record<string, number>> = { bare: 0.45, grammy: 1, telegraf: 1 }
const hasPeers = existsSync("simulator/test/peers/node_modules")

for (const [name, target] of Object.entries(targets)) {
  if (name !== "bare" && !hasPeers) console.log(`${name}: not installed, see simulator/test/peers`)
  else {
    await against("stored", name, target)
    await against("durable", name, target)
  }
}

async function against(ours: string, name: string, target: number): Promise<void> {
  const [durable, other] = [await serverOf(ours), await serverOf(name)]
  const rounds = await compare(durable, other)
  end(durable, other)
  console.log(
    JSON.stringify({
      name: `webhook into SQLite${ours === "stored" ? "" : ", handled,"} to ${name}`,
      ratio: median(rounds.map((round) => round.one.perSecond / round.other.perSecond)),
      target,
      durablePerSecond: Math.round(median(rounds.map(({ one }) => one.perSecond))),
      otherPerSecond: Math.round(median(rounds.map((round) => round.other.perSecond))),
    }),
  )
}
