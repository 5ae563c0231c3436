/**
 * `npm run bench -- dialogs`: people talk to bots with sessions, conversations and scenes, written
 * with grammY and Telegraf, while the bot's process is killed. Each bot runs on its framework alone
 * and on Sounder, by polling and by webhook. Prints a table of the results for the people:
 *
 * - **ended**: dialogs that reached their last message
 * - **stuck**: dialogs in which an answer was missing for 20 s, after which the person gives up
 * - **repeated**: messages of the bot that a person got again
 * - **wrong**: last messages with another name or age than the person gave
 * - **miscounted**: last messages whose session counted another number of dialogs
 *
 * A message is also repeated if its handler ran at a kill and runs again. `PEOPLE=30` and
 * `KILLS=50` set the numbers of people and kills; `SETTINGS="grammy sounder"` selects settings by
 * the beginnings of their names.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Simulator } from "@sounder/simulator"
import { BotProcess } from "./delivery/bot-process.js"
import { freePort } from "./delivery/free-port.js"
import { Talker, type Tally } from "./dialogs/talker.js"

interface Setting {
  readonly framework: "grammy" | "telegraf"
  readonly receiver: "alone" | "sounder"
  readonly mode: "polling" | "webhook"
}

const people = Number(process.env["PEOPLE"] ?? 30)
const kills = Number(process.env["KILLS"] ?? 50)

const settings: readonly Setting[] = (["grammy", "telegraf"] as const).flatMap((framework) =>
  (["polling", "webhook"] as const).flatMap((mode) =>
    (["alone", "sounder"] as const).map((receiver) => ({ framework, receiver, mode })),
  ),
)

const rows: Record<string, Tally> = {}
for (const setting of settings) {
  const name = `${setting.framework} ${setting.receiver}, ${setting.mode}`
  if (name.startsWith(process.env["SETTINGS"] ?? "")) rows[name] = await measured(setting)
}
console.table(rows)
process.exit()

async function measured({ framework, receiver, mode }: Setting): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "sounder-dialogs-"))
  const telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "register_bot" })
  const port = await freePort()
  const bot = new BotProcess({
    program: join(process.cwd(), "bench", "dialogs", `${framework}-bot.mjs`),
    folder,
    name: framework,
    environment: {
      BOT_TOKEN: account.token,
      API_ROOT: telegram.apiRoot,
      RECEIVER: receiver,
      MODE: mode,
      STORE: folder,
      PORT: String(port),
      WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
    },
  })
  const tally = { kills: 0, dialogs: 0, ended: 0, stuck: 0, repeated: 0, wrong: 0, miscounted: 0 }
  const isOver = { now: false }
  const talks = Array.from({ length: people }, (_, nr) =>
    new Talker(telegram.user({ first_name: `Person${nr}` }), account, tally).talk(isOver),
  )
  await kill(bot, tally)
  isOver.now = true
  await Promise.all(talks)
  await bot.destroy()
  await telegram[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
  return tally
}

async function kill(bot: BotProcess, tally: Tally): Promise<void> {
  for (; tally.kills < kills; tally.kills += 1) {
    await sleep(2000 + 2000 * Math.random())
    await bot.kill()
  }
}
