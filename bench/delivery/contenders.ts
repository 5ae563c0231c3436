/** The way in which a bot receives its updates. */
export type Mode = "polling" | "webhook"

/**
 * A bot that takes part in the scoreboard. Each has a program of its own, so that anybody can check
 * whether it is treated fairly.
 */
export interface Contender {
  /** The name in the option `--contenders`. */
  readonly name: string
  /** The name in the table. */
  readonly title: string
  readonly mode: Mode
  /** The path of the program, relative to this file. */
  readonly program: string
  /** The packages whose versions the page lists; Sounder's own bots have none. */
  readonly packages: readonly string[]
  /** Whether an acknowledged update is on disk. */
  readonly isDurable: boolean
  /** The store of the bot's queue; `undefined` without one. */
  readonly store?: "file" | "postgres"
}

const both: readonly Mode[] = ["polling", "webhook"]
const inFile = { isDurable: true, store: "file" } as const

/** All contenders, in the order of the table. */
export const contenders: readonly Contender[] = [
  ...sounder("memory", "Sounder, memory", {}),
  ...sounder("sqlite", "Sounder, SQLite", inFile),
  ...sounder("postgres", "Sounder, PostgreSQL", { isDurable: true, store: "postgres" }),
  ...sounder("grammy", "grammY on Sounder, SQLite", { ...inFile, packages: ["grammy"] }),
  ...sounder("telegraf", "Telegraf on Sounder, SQLite", { ...inFile, packages: ["telegraf"] }),
  ...peer("grammy", "grammY", ["grammy"]),
  ...peer("grammy-runner", "grammY runner", ["grammy", "@grammyjs/runner"], ["polling"]),
  ...peer("telegraf", "Telegraf", ["telegraf"]),
  ...peer("gramio", "GramIO", ["gramio"]),
  ...peer("node-telegram-bot-api", "node-telegram-bot-api", ["node-telegram-bot-api"]),
  ...peer("puregram", "puregram", ["puregram"]),
]

function sounder(name: string, title: string, rest: Partial<Contender>): Contender[] {
  return both.map((mode) => ({
    name: `sounder-${name}-${mode}`,
    title,
    mode,
    program: `sounder/${name}.mjs`,
    packages: [],
    isDurable: false,
    ...rest,
  }))
}

function peer(name: string, title: string, packages: string[], modes = both): Contender[] {
  return modes.map((mode) => ({
    name: `${name}-${mode}`,
    title,
    mode,
    program: `peers/${name}.mjs`,
    packages,
    isDurable: false,
  }))
}
