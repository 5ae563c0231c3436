import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { BotProcess } from "../delivery/bot-process.js"
import { monotonicMs } from "../delivery/clock.js"
import { freePort } from "../delivery/free-port.js"
import { postgresPrograms, PostgresServer } from "../../test/support/postgres-server.js"
import { type Interrupted, judge, type Verdict } from "./judge.js"
import type { Setting } from "./settings.js"
import { Talker, type TalkerOptions } from "./talker.js"
import { Transcript } from "./transcript.js"

/** The numbers of people and kills of a run. */
export interface Size {
  readonly people: number
  readonly kills: number
}

/** The results of a run. */
export interface Row extends Size, Omit<Verdict, "faults"> {
  /** The number of ends of processes that no kill caused. */
  readonly crashes: number
  /** The number of stores that a kill has made unreadable, and that their bot has therefore renamed. */
  readonly unreadable: number
}

/** The shortest time without an expected message after which a person asks the bot whether it is there. */
const minPatienceMs = 15_000
/** The number of updates that a process handles before it is killed. */
const handledBeforeKill = 10
/** The time within which a bot has to answer its first message. */
const startMs = 120_000

/** Lets people talk to a bot while its processes are killed. */
export async function run(setting: Setting, size: Size): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "sounder-dialogs-"))
  await using telegram = await Simulator.start({ local: true })
  await using server = setting.receiver === "with PostgreSQL" ? await startPostgres() : undefined
  using transcript = new Transcript(telegram)
  const account = telegram.bot({ username: "register_bot" })
  const environment = { BOT_TOKEN: account.token, API_ROOT: telegram.apiRoot, STORE: folder }
  const bots = await startBots(setting, {
    folder,
    environment: server ? { ...environment, DATABASE_URL: server.url } : environment,
  })
  try {
    const options = { transcript, kinds: setting.kinds, after: setting.after }
    const patienceMs = await Promise.race([
      patienceWith(telegram, account, { ...options, patienceMs: startMs }),
      crashAtStart(bots, folder),
    ])
    const talkers = Array.from(
      { length: size.people },
      (_, nr) =>
        new Talker(telegram.user({ first_name: `Person${nr}` }), account, {
          ...options,
          patienceMs,
        }),
    )
    await talkUnderKills(talkers, bots, size.kills)
    // A reminder that comes a second time is due by then.
    await sleep(patienceMs / 5)
    const { faults, ...verdict } = judge({
      dialogs: talkers.flatMap(({ dialogs }) => dialogs),
      heard: transcript.all,
      interrupted: bots.flatMap((bot) => interruptedWork(bot)),
    })
    const crashes = bots.reduce((sum, bot) => sum + bot.crashes, 0)
    keepFaults(setting, folder, crashes > 0 ? [`${crashes} crashes`, ...faults] : faults)
    const unreadable = readdirSync(folder).filter((name) => name.includes(".unreadable")).length
    return { ...size, ...verdict, crashes, unreadable }
  } finally {
    for (const bot of bots) await bot.destroy()
    if (process.env["KEEP"] === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** Measures the start of a bot, and returns the patience of its people. */
async function patienceWith(
  telegram: Simulator,
  account: SimulatedBot,
  options: TalkerOptions,
): Promise<number> {
  const first = new Talker(telegram.user({ first_name: "First" }), account, options)
  const begun = performance.now()
  if (!(await first.ping())) throw new Error("The bot does not answer")
  return Math.max(minPatienceMs, 10 * (performance.now() - begun))
}

/** Rejects when a bot has crashed several times without having handled an update. Otherwise never settles. */
async function crashAtStart(bots: readonly BotProcess[], folder: string): Promise<never> {
  for (;;) {
    await sleep(500)
    const crashed = bots.find(({ crashes, lives }) => crashes > 3 && !lives.some(hasBegun))
    if (crashed) throw new Error(`The bot does not start: see the logs in ${folder}`)
  }
}

function hasBegun({ journal }: BotProcess["lives"][number]): boolean {
  journal.read()
  return journal.entries.length > 0
}

async function talkUnderKills(
  talkers: readonly Talker[],
  bots: readonly BotProcess[],
  kills: number,
): Promise<void> {
  const isOver = { now: false }
  const talks = Promise.all(talkers.map((talker) => talker.talk(isOver)))
  for (let count = 0; count < kills; count += 1) {
    const bot = bots[Math.floor(Math.random() * bots.length)]
    await hasHandled(bot, Math.min(handledBeforeKill, talkers.length))
    await sleep(1_500 * Math.random())
    await bot?.kill()
  }
  isOver.now = true
  await talks
  await Promise.all(talkers.map((talker) => talker.ping()))
}

/**
 * Resolves when the bot's process has handled some updates, so that a slow machine makes the kills rarer: after five
 * crashes Sounder takes an update for the cause, and sets the update aside.
 */
async function hasHandled(bot: BotProcess | undefined, count: number): Promise<void> {
  const until = monotonicMs() + 60_000
  while (monotonicMs() < until) {
    const journal = bot?.lives.at(-1)?.journal
    journal?.read()
    if (journal && journal.ended >= count) return
    await sleep(50)
  }
}

/** Returns the work that the ends of a bot's processes have interrupted. */
function interruptedWork(bot: BotProcess): Interrupted[] {
  return bot.lives.flatMap(({ journal, endedAt }) => {
    journal.read()
    if (endedAt === undefined) return []
    const open = new Map<number, Interrupted>()
    for (const { what, chat, update, at } of journal.entries) {
      if (what === "end") open.delete(update)
      else open.set(update, { chat, beganAt: at, endedAt })
    }
    return [...open.values()]
  })
}

/** Starts the processes of a bot: two with PostgreSQL, otherwise one. */
async function startBots(
  { framework, receiver, mode }: Setting,
  { folder, environment }: { folder: string; environment: Readonly<Record<string, string>> },
): Promise<BotProcess[]> {
  const isPython = framework === "python-telegram-bot"
  const file = `${framework}-bot.${isPython ? "py" : "mjs"}`
  const names = receiver === "with PostgreSQL" ? [framework, `${framework}-2`] : [framework]
  const port = await freePort()
  return names.map(
    (name) =>
      new BotProcess({
        program: join(process.cwd(), "bench", "dialogs", file),
        // The package of Debian is installed for Debian's Python.
        interpreter: isPython ? "/usr/bin/python3" : undefined,
        folder,
        name,
        environment: {
          ...environment,
          NODE_ENV: "production",
          RECEIVER: receiver,
          MODE: mode,
          PORT: String(port),
          WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
        },
      }),
  )
}

async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms()
  if (!programs) throw new Error("PostgreSQL is not installed (apt-get install postgresql)")
  return PostgresServer.start(programs)
}

/** Prints the first faults; `KEEP=1` keeps the folder with all of them. */
function keepFaults({ name }: Setting, folder: string, faults: readonly string[]): void {
  for (const fault of faults.slice(0, 5)) console.error(`${name}: ${fault}`)
  if (process.env["KEEP"] === undefined) return
  writeFileSync(join(folder, "faults.txt"), faults.map((fault) => `${fault}\n`).join(""))
  console.error(`${name}: the files are in ${folder}`)
}
