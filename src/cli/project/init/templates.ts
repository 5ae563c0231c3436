/** The language of a new project. */
export type Language = "typescript" | "javascript"

/** Returns the extension of source files. */
export function extensionOf(language: Language): "ts" | "js" {
  return language === "typescript" ? "ts" : "js"
}

/** Returns the handlers, in a separate file so that a test can register them, too. */
export function handlers(language: Language): string {
  const isTyped = language === "typescript"
  const dispatcher = isTyped ? "type Dispatcher, " : ""
  const comment = isTyped ? "" : `/** @param {import("sounder").Dispatcher} dispatcher */\n`
  return `import { ${dispatcher}filters } from "sounder"

${comment}export function register(dispatcher${isTyped ? ": Dispatcher" : ""}) {
  dispatcher.command("start", (ctx) => ctx.reply("Hello! Write me something."), {
    description: "Begin",
  })
  dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
}
`
}

/** Returns the program: a polling bot with its queue in a file. */
export function program(language: Language): string {
  return `import { Updater } from "sounder"
import { SqliteQueue } from "sounder/sqlite"
import { register } from "./handlers.${extensionOf(language)}"

// Updates wait in this file: a crash or a deploy loses none.
const queue = new SqliteQueue({ path: process.env.UPDATES_FILE ?? "updates.db" })
const updater = new Updater({ token: process.env.BOT_TOKEN, queue })
register(updater.dispatcher)

// Telegram shows users the commands that have a description.
await updater.dispatcher.syncCommands()

// Runs until Ctrl+C or SIGTERM, and lets running handlers finish.
await updater.runPolling()
await queue[Symbol.asyncDispose]()
`
}

/** Returns a test in which a simulated person writes to the bot. */
export function test(language: Language): string {
  return `import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.${extensionOf(language)}"

test("the bot greets, and repeats what it is told", async () => {
  const telegram = await Simulator.start()
  const account = telegram.bot({ username: "my_bot" })
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  try {
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "/start")
    assert.equal((await ada.hears()).text, "Hello! Write me something.")
    await ada.send(account, "Good morning")
    assert.equal((await ada.hears()).text, "Good morning")
  } finally {
    await updater.stop()
    await bot[Symbol.asyncDispose]()
    await telegram[Symbol.asyncDispose]()
  }
})
`
}

/**
 * The tsconfig.json. The compiler only checks types; Node or tsx runs the sources. The declarations of packages
 * are not checked, because grammY's and some others have errors.
 */
export const tsconfig = `{
  "compilerOptions": {
    "target": "es2022",
    "lib": ["es2023", "esnext.disposable"],
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "skipLibCheck": true,
    "noEmit": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true
  }
}
`

/** The template of `.env`. */
export const environment = `# Copy this file to .env, and put in the token that @BotFather gave you.
BOT_TOKEN=
`

/** The files that Git ignores. */
export const ignored = `node_modules/
.env
updates.db*
`

/** Returns a Dockerfile; the queue is on the volume /data. */
export function dockerfile(language: Language): string {
  return `FROM node:24-slim
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev
COPY . .
RUN mkdir /data && chown node /data
USER node
ENV NODE_ENV=production UPDATES_FILE=/data/updates.db
VOLUME /data
CMD ["node", "bot.${extensionOf(language)}"]
`
}

/** The files that a Docker image leaves out. */
export const dockerIgnored = `node_modules
.env
.git
updates.db*
`

/** Returns a systemd unit for a project in `/opt/NAME`. */
export function systemdUnit(name: string, language: Language): string {
  return `[Unit]
Description=The Telegram bot ${name}
Wants=network-online.target
After=network-online.target

[Service]
WorkingDirectory=/opt/${name}
ExecStart=/usr/bin/node bot.${extensionOf(language)}
EnvironmentFile=/opt/${name}/.env
Environment=NODE_ENV=production UPDATES_FILE=/var/lib/${name}/updates.db
StateDirectory=${name}
DynamicUser=yes
Restart=always
TimeoutStopSec=20

[Install]
WantedBy=multi-user.target
`
}
