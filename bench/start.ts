/**
 * Measures the start of a polling bot: the time from the start of its process to its first update, for Sounder, grammY
 * and Telegraf, and for a program that only reads the update with `node:http` (the floor), in turns. Prints a line of
 * JSON for each; `ratio` is the median of the ratios to the floor. Only Sounder's row has a target.
 *
 * @module
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { Simulator } from "@sounder/simulator"

const runs = 21
const names = ["floor", "sounder", "grammy", "telegraf"] as const
type Name = (typeof names)[number]

await using telegram = await Simulator.start()
const account = telegram.bot()
const ada = telegram.user({ first_name: "Ada" })
const environment = {
  ...process.env,
  BOT_TOKEN: account.token,
  TELEGRAM_API_ROOT: telegram.apiRoot,
  NODE_ENV: "production",
}

for (const name of names) await timeOf(name)
const rounds: Record<Name, number>[] = []
for (let run = 0; run < runs; run += 1) {
  const round = { floor: 0, sounder: 0, grammy: 0, telegraf: 0 }
  // The first program changes, so that none profits from its position.
  for (let turn = 0; turn < names.length; turn += 1) {
    const name = names[(run + turn) % names.length] ?? "floor"
    round[name] = await timeOf(name)
  }
  rounds.push(round)
}
for (const name of names) {
  if (name === "floor") continue
  console.log(
    JSON.stringify({
      name: `start to first update (${name})`,
      ratio: Number(median(rounds.map((round) => round[name] / round.floor)).toFixed(3)),
      target: name === "sounder" ? 1.25 : 0,
      medianMs: Math.round(median(rounds.map((round) => round[name]))),
      floorMs: Math.round(median(rounds.map(({ floor }) => floor))),
    }),
  )
}

async function timeOf(name: Name): Promise<number> {
  const program = join(process.cwd(), "bench", "start", `${name}.mjs`)
  // The program before may have acknowledged its update.
  await ada.send(account, "Hello")
  const begun = performance.now()
  const child = spawn(process.execPath, [program], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  })
  await once(child.stdout, "data")
  const ms = performance.now() - begun
  child.kill("SIGKILL")
  await once(child, "exit")
  return ms
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}
