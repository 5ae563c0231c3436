/** The extension of a new project's sources; `mts` and `mjs` if `type` in package.json is not `module`. */
export type Extension = "ts" | "mts" | "js" | "mjs"

/** Returns the handlers, in a separate file so that a test can register them, too. */
export function handlers(extension: Extension): string {
  const isTyped = extension.endsWith("ts")
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
export function program(extension: Extension): string {
  return `import { Updater } from "sounder"
import { SqliteQueue } from "sounder/sqlite"
import { register } from "./handlers.${extension}"

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
export function test(extension: Extension): string {
  return `import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.${extension}"

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

/**
 * Returns a Dockerfile; the queue is on the volume /data.
 *
 * @param file the program
 * @param tarballs the folder with the packages that are installed from files; `undefined` if there are none
 */
export function dockerfile(file: string, tarballs?: string): string {
  return `FROM node:24-slim
WORKDIR /app
COPY package*.json ./
${tarballs === undefined ? "" : `COPY ${tarballs} ./${tarballs}\n`}RUN npm ci --omit=dev
COPY . .
RUN mkdir /data && chown node /data
USER node
ENV NODE_ENV=production UPDATES_FILE=/data/updates.db
VOLUME /data
CMD ["node", "${file}"]
`
}

/** The files that a Docker image leaves out. */
export const dockerIgnored = `node_modules
.env
.git
updates.db*
`

/**
 * Returns a test in which a simulated person writes to a bot that runs in a process of its own.
 *
 * @param args the arguments of Node that run the bot, from the folder of the project
 */
export function programTest(args: readonly string[]): string {
  return `import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"

test("the bot answers /start", async () => {
  const telegram = await Simulator.start()
  const account = telegram.bot({ username: "my_bot" })
  const folder = mkdtempSync(join(tmpdir(), "bot-test-"))
  const env = {
    ...process.env,
    BOT_TOKEN: account.token,
    TELEGRAM_API_ROOT: telegram.apiRoot,
    // A queue of its own: \`npm run dev\` may have its file open.
    UPDATES_FILE: join(folder, "updates.db"),
  }
  const bot = spawn(process.execPath, ${JSON.stringify(args).replaceAll(",", ", ")}, { env, stdio: "inherit" })
  const ended = once(bot, "close")
  try {
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "/start")
    const answer = await ada.hears({ timeoutMs: 30_000 })
    assert.ok(answer.message_id)
  } finally {
    bot.kill("SIGTERM")
    await ended
    await telegram[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  }
})
`
}

/** Returns a systemd unit for a project in `/opt/NAME` with this program. */
export function systemdUnit(name: string, file: string): string {
  return `[Unit]
Description=The Telegram bot ${name}
Wants=network-online.target
After=network-online.target

[Service]
WorkingDirectory=/opt/${name}
ExecStart=/usr/bin/node ${file}
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
