import type { Command } from "commander"
import { ownValue } from "../ground/own-value.js"

/** The examples in the help of each command, without `sounder`. The examples of a group use its subcommands. */
const examples: Readonly<Record<string, readonly string[]>> = {
  "": ["init my-bot", "dev bot.js", "doctor https://bot.example.com/hook"],
  init: ["init my-bot", "init my-bot --yes --docker", "init --program src/bot.ts"],
  dev: ["dev bot.ts", "dev bot.js --port 0 --state chats.json"],
  run: ["run bot.ts", "run bot.js --env-file production.env"],
  test: ["test", "test handlers.test.ts"],
  call: [
    "call getMe",
    'call sendMessage chat_id=42 text="Good morning"',
    "call sendPhoto chat_id=42 photo=@cat.jpg",
  ],
  certificate: ["certificate bot.example.com", "certificate 203.0.113.7 --type rsa --out certs"],
  "certificate inspect": [
    "certificate inspect cert.pem --key private.key",
    "certificate inspect fullchain.pem --url https://bot.example.com/hook",
  ],
  completion: ["completion bash >> ~/.bashrc"],
  doctor: [
    "doctor",
    "doctor https://bot.example.com/hook --cert cert.pem",
    "doctor https://bot.example.com/hook --backend 127.0.0.1:5000",
  ],
  fleet: ["fleet list --file fleet.db", "fleet add --database postgres://localhost/bot"],
  "fleet add": [
    "fleet add --file fleet.db --kind shop",
    "fleet add --stdin --database postgres://localhost/bot < tokens.txt",
  ],
  "fleet remove": ["fleet remove 123456 --file fleet.db --delete-webhook"],
  "fleet park": ['fleet park 123456 --file fleet.db --reason "not paid"'],
  "fleet wake": ["fleet wake 123456 --file fleet.db"],
  "fleet list": ["fleet list --file fleet.db --parked", "fleet list --kind shop --json"],
  "fleet status": ["fleet status --file fleet.db"],
  "fleet rekey": ["fleet rekey --file fleet.db"],
  "fleet admin": ["fleet admin --file fleet.db --admin-port 8090"],
  proxy: [
    "proxy nginx --bot bot.example.com=127.0.0.1:5000 --certificates /tls",
    "proxy haproxy --bot bot.example.com=127.0.0.1:5000 --passthrough",
  ],
  queue: ["queue status --file updates.db", "queue list --database postgres://localhost/bot"],
  "queue status": ["queue status --file updates.db", "queue status --json"],
  "queue list": ["queue list --file updates.db --limit 20"],
  "queue replay": ["queue replay 123456:789 --file updates.db", "queue replay --all --yes"],
  "queue drop": ["queue drop 123456:789 --file updates.db", "queue drop --all --yes"],
  "queue migrate": ["queue migrate --database postgres://localhost/bot"],
  updates: ["updates", "updates --once --allowed-updates message,poll"],
  webhook: ["webhook info", "webhook set https://bot.example.com/hook"],
  "webhook info": ["webhook info", "webhook info --env-file production.env --json"],
  "webhook set": [
    "webhook set https://bot.example.com/hook",
    "webhook set https://bot.example.com:8443/hook --cert cert.pem",
  ],
  "webhook delete": ["webhook delete --drop-pending"],
}

/**
 * The environment variables: name, meaning, and an option of exactly the commands that read the variable, or the name of
 * the group of these commands.
 */
const variables: readonly (readonly [name: string, meaning: string, option: string])[] = [
  ["BOT_TOKEN", "the bot's token, if --token is not given", "--token"],
  ["TELEGRAM_API_ROOT", "the URL of the Bot API server, if --api-root is not given", "--api-root"],
  ["HTTPS_PROXY", "the proxy to the Bot API; also HTTP_PROXY, ALL_PROXY", "--api-root"],
  ["NO_PROXY", "hosts that are reached without the proxy", "--api-root"],
  ["NO_COLOR", "no colours in the report", "--backend"],
  ["FORCE_COLOR", "colours even if the output is not a terminal; 0 for none", "--backend"],
  ["DATABASE_URL", "the database, if --database is not given", "--database"],
  ["FLEET_KEY", "the keys of the tokens, the newest first", "fleet"],
  ["UPDATES_FILE", "the file of the queue, if nothing else names a queue", "--file"],
]

/**
 * Returns the end of a command's help: examples, and the environment variables that the command reads. The help of
 * `sounder` itself has the variables of all commands.
 */
export function helpNotes(command: Command, path: string): string {
  const exampleLines = (ownValue(examples, path) ?? []).map((one) => `  $ sounder ${one}`)
  const readVariables = variables.filter(
    ([, , option]) =>
      path === "" ||
      path.startsWith(`${option} `) ||
      command.options.some(({ long }) => long === option),
  )
  const widest = Math.max(0, ...readVariables.map(([name]) => name.length))
  const variableLines = readVariables.map(
    ([name, meaning]) => `  ${name.padEnd(widest)}  ${meaning}`,
  )
  return [...part("Examples", exampleLines), ...part("Environment", variableLines)].join("\n")
}

function part(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines]
}
