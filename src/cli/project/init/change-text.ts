import { readFileSync } from "node:fs"
import { join } from "node:path"
import { isTypeScript } from "../type-script.js"
import type { BotProject } from "./door.js"
import { isModule } from "./existing-project.js"
import { guidePath } from "../guide-path.js"

/** The parts of a program that differ between the frameworks. */
interface Framework {
  /** The start of the bot. */
  readonly start: string
  /** The construction of the bot, with the URL of Telegram. */
  readonly bot: string
  /** The function that makes a storage, and the plugins that use it. */
  readonly storage: string
  readonly sessions: readonly string[]
}

const frameworks: Readonly<Record<"grammy" | "telegraf", Framework>> = {
  grammy: {
    start: "bot.start()",
    bot: "new Bot(token, { client: { apiRoot } })",
    storage: "storage",
    sessions: [
      'session({ initial, storage: storage("session") })',
      'conversations({ storage: { type: "key", version: 1, adapter: storage("conversations") } })',
    ],
  },
  telegraf: {
    start: "bot.launch()",
    // Sounder limits the time of handlers, and knows when a handler has ended.
    bot: "new Telegraf(token, { handlerTimeout: Infinity, telegram: { apiRoot } })",
    storage: "store",
    sessions: ['session({ store: store("session") })'],
  },
}

/**
 * Returns the change that a person makes in the program, so that Sounder receives for it. Returns an empty text if the
 * program names Sounder already.
 */
export function changeText(folder: string, project: BotProject): string {
  const { program, framework, packageJson = {} } = project
  if (/["']sounder\b/.test(readFileSync(join(folder, program), "utf8"))) return ""
  if (framework !== "grammy" && framework !== "telegraf") return otherText(program, framework)
  const { start, bot, storage, sessions } = frameworks[framework]
  const isEsm = isModule(folder, program, packageJson)
  const load = (name: string, entry: string) =>
    isEsm || isTypeScript(program)
      ? `import { ${name} } from "${entry}"`
      : `const { ${name} } = require("${entry}")`
  return `
${program} stays as it is. To receive with Sounder, replace \`${start}\` in it by:

  ${load("receive", `sounder/${framework}`)}
  ${load("SqliteQueue", "sounder/sqlite")}

  const queue = new SqliteQueue({ path: process.env.UPDATES_FILE ?? "updates.db" })
  ${isEsm ? "await " : ""}receive(bot, { queue }).runPolling()

On the simulator, the bot needs its URL:

  const apiRoot = process.env.TELEGRAM_API_ROOT ?? "https://api.telegram.org"
  const bot = ${bot}

Plugins with this storage commit their values together with the update:

  ${load(storage, `sounder/${framework}`)}
${sessions.map((plugin) => `  bot.use(${plugin})`).join("\n")}

${guidePath("existing-bots")} has the rest: webhooks, and
what changes for the bot.
`
}

function otherText(program: string, framework: string | undefined): string {
  const example =
    framework === "node-telegram-bot-api"
      ? ":\n\n  new TelegramBot(token, { polling: true, baseApiUrl: process.env.TELEGRAM_API_ROOT })"
      : "."
  return `
${program} stays as it is. On the simulator it needs the URL in the environment variable TELEGRAM_API_ROOT in place of
https://api.telegram.org, and its token in BOT_TOKEN${example}
`
}
