import { writeFile } from "node:fs/promises"
import { resolve } from "node:path"
import { Argument, Command, InvalidArgumentError } from "commander"
import {
  type ProxyBot,
  proxyConfiguration,
  type ProxyName,
  type ProxyOptions,
} from "../proxy/index.js"
import { SounderError } from "../telegram/errors.js"

interface Flags extends Omit<ProxyOptions, "bots"> {
  readonly bot?: readonly ProxyBot[]
  readonly out?: string
  readonly force?: boolean
}

/**
 * The commands that check a configuration. Paths are absolute, because nginx and Apache look for
 * relative ones in their own folder.
 */
const checks: Readonly<Record<ProxyName, (file: string) => string>> = {
  haproxy: (file) => `haproxy -c -f ${file}`,
  nginx: (file) => `nginx -t -c ${file}`,
  apache: (file) => `apache2 -t -f ${file}`,
  caddy: (file) => `caddy validate --adapter caddyfile --config ${file}`,
}

/** `sounder proxy haproxy|nginx|caddy|apache`: writes the configuration of a reverse proxy. */
export function proxyCommand(print: (text: string) => void): Command {
  return new Command("proxy")
    .summary("write the configuration of a reverse proxy in front of bots")
    .description(
      "Writes a whole configuration for haproxy, nginx, Caddy or Apache in front of any number of bots. " +
        "The configuration replaces the proxy's current configuration with all its sites: to keep other sites, " +
        "copy the part about the bots.",
    )
    .addArgument(
      new Argument("<proxy>", "the reverse proxy").choices(["haproxy", "nginx", "caddy", "apache"]),
    )
    .option(
      "--bot <host=address>",
      "the host of a bot and the address where it listens, as in bot1.example.com=127.0.0.1:5000, " +
        "bot2.example.com=unix:/run/bot2.sock or example.com/bot3=127.0.0.1:5002; may be repeated",
      addBot,
    )
    .option("--certificates <path>", "the folder with a HOST.pem for each host, or one .pem file")
    .option("--passthrough", "forward TLS by host name; the bots terminate it")
    .option(
      "--proxy-protocol",
      "send the client's address to bots behind --passthrough, by the PROXY protocol",
    )
    .option(
      "--no-keep-alive",
      "give each request a connection of its own, so that a reload loses no request",
    )
    .option(
      "--listen <address:port>",
      "the address and port that Telegram connects to",
      "0.0.0.0:443",
    )
    .option(
      "--stats <address:port>",
      "where the proxy serves /health and its statistics; nowhere by default",
    )
    .option("--user <name>", "the system user that haproxy, nginx or Apache runs as")
    .option(
      "--resolver <address>",
      "the DNS server that the proxy asks regularly for the bots' addresses; for containers, Docker's",
    )
    .option("--out <file>", "write the configuration to a file instead of printing it")
    .option("--force", "replace an existing file")
    .action(async (proxy: ProxyName, flags: Flags, command: Command) => {
      const { bot, out, force = false, ...options } = flags
      // Not a required option of Commander: its absence would hide the message about an unknown
      // option.
      if (!bot) return command.error("error: required option '--bot <host=address>' not specified")
      const text = proxyConfiguration(proxy, { ...options, bots: bot })
      if (out === undefined) return print(text)
      await write(out, text, force)
      print(`Wrote ${out}. Check it with: ${checks[proxy](resolve(out))}\n`)
    })
}

/** Adds the bot of one `--bot` to the earlier ones. */
function addBot(text: string, before: readonly ProxyBot[] = []): readonly ProxyBot[] {
  const [, host, path, server] = /^([^/=]+)(\/[^=]*)?=(.+)$/.exec(text) ?? []
  if (host === undefined || server === undefined) {
    throw new InvalidArgumentError("Expected a value such as bot1.example.com=127.0.0.1:5000.")
  }
  return [...before, { host, server, ...(path === undefined ? {} : { path }) }]
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? "w" : "wx" })
  } catch (error) {
    // Errors of Node have this field.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    throw new SounderError(
      "file-exists",
      `${file} exists, and nothing was written. Write to another file (--out), or replace ` +
        "the file (--force)",
    )
  }
}
