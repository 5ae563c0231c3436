/**
 * Options that several commands share, with the parsers of their values.
 *
 * @module
 */
import { isIP } from "node:net"
import { type Command, InvalidArgumentError, Option } from "commander"
import { Bot } from "../bot/index.js"
import type { ExamineOptions } from "../doctor/index.js"
import { environmentOption, loadEnvironment } from "./environment.js"
import { ownValue } from "../ground/own-value.js"

/** The values of `--token`, `--env-file` and `--api-root`. */
export interface TokenFlags {
  readonly envFile?: string
  readonly token?: string
  readonly apiRoot?: string
}

/** Adds `--token`, `--env-file` and `--api-root` to a command. */
export function tokenOptions(command: Command): Command {
  return command
    .option("--token <token>", "the bot's token; safer in BOT_TOKEN, as other users see arguments")
    .addOption(environmentOption())
    .option("--api-root <url>", "the URL of a simulator, or of a Bot API server of your own")
}

/**
 * Returns the token of `--token`, otherwise the token of the environment variable `BOT_TOKEN`. The environment
 * is loaded first.
 */
export function tokenOf({ token, envFile }: TokenFlags): string | undefined {
  loadEnvironment(envFile)
  return token ?? (process.env["BOT_TOKEN"] || undefined)
}

/**
 * Returns the bot with the given token.
 *
 * @throws TypeError without a token
 */
export function botOf(flags: TokenFlags & { readonly local?: boolean }): Bot {
  const token = tokenOf(flags)
  if (token === undefined)
    throw new TypeError(
      "Expected the bot's token: --token, or BOT_TOKEN in the environment or in .env",
    )
  const { apiRoot, local: localMode = false } = flags
  return new Bot(token, { apiRoot, localMode })
}

/** Returns the option `--local`. */
export function localOption(): Option {
  return new Option("--local", "follow the rules of a Bot API server started with --local")
}

/** The values of {@link simulatorOptions}. */
export interface SimulatorFlags {
  readonly port: number
  readonly local?: boolean
  readonly state?: string
  readonly open?: boolean
  readonly log?: boolean
  readonly map?: Readonly<Record<string, string>>
}

/**
 * Adds the options of `sounder simulate` to another command that runs a simulator. The options are repeated
 * here, because the help also works without the simulator's package.
 */
export function simulatorOptions(command: Command): Command {
  return command
    .option("--port <number>", "the port to listen on; 0 for a free port", portNumber, 8081)
    .addOption(localOption())
    .option(
      "--state <file>",
      "keep people, bots, chats and pending updates in this file; a missing folder is created",
    )
    .option("--open", "open the chat page in the browser")
    .option("--log", "print a line for every update and every call")
    .addOption(mapOption())
}

type Addresses = Readonly<Record<string, readonly string[]>>
type Hosts = Readonly<Record<string, string>>

/** The values of `--resolve`, `--dns` and `--map`. */
export interface NameFlags {
  readonly resolve?: Addresses
  readonly dns?: readonly string[]
  readonly map?: Hosts
}

/** Adds `--resolve`, `--dns` and `--map` to a command: options that replace the DNS of this machine. */
export function nameOptions(command: Command): Command {
  return command
    .option(
      "--resolve <name=address>",
      "an address of a host name in public DNS; may be repeated",
      addAddress,
    )
    .option("--dns <address>", "a DNS resolver to ask, as in 1.1.1.1; may be repeated", addResolver)
    .addOption(mapOption())
}

/** Returns the option `--map`. */
function mapOption(): Option {
  return new Option(
    "--map <host:port=address:port>",
    "resolve a public name to an address on this machine, as in bot.example.com:443=127.0.0.1:5443; may be repeated",
  ).argParser(addMapping)
}

/** Returns the options of the doctor for `--resolve`, `--dns` and `--map`. */
export function nameResolution({ resolve, dns, map }: NameFlags): ExamineOptions {
  return {
    ...(resolve && { resolve }),
    ...(dns && { dnsServers: dns }),
    ...(map && { hosts: map }),
  }
}

/** Parses the number of an option, such as days or connections. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Expected a whole number.")
  return Number(text)
}

/** Parses a number of updates. */
export function updateCount(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError("Expected a number of updates, at least 1.")
}

/** Parses a port; 0 stands for a free one. */
export function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError("Expected a number from 0 to 65535.")
}

/** Adds the value of one `--resolve` to the earlier ones. */
function addAddress(text: string, before: Addresses = {}): Addresses {
  const [, name, address = ""] = /^([^=\s]+)=(\S+)$/.exec(text) ?? []
  if (name === undefined || isIP(address) === 0) {
    throw new InvalidArgumentError("Expected a value such as bot.example.com=203.0.113.7.")
  }
  return { ...before, [name]: [...(ownValue(before, name) ?? []), address] }
}

/** Adds the value of one `--map` to the earlier ones. */
function addMapping(text: string, before: Hosts = {}): Hosts {
  const [, from, port, to] = /^([^=\s]+:(\d+))=([^=\s]+)$/.exec(text) ?? []
  const [, toPort] = /:(\d+)$/.exec(to ?? "") ?? []
  if (from !== undefined && to !== undefined && isPort(port) && isPort(toPort)) {
    return { ...before, [from]: to }
  }
  throw new InvalidArgumentError("Expected a value such as bot.example.com:443=127.0.0.1:5443.")
}

/** Adds the resolver of one `--dns` to the earlier ones. */
function addResolver(text: string, before: readonly string[] = []): readonly string[] {
  const [, address = "", port] = /^\[?([\da-f.:]+?)\]?(?::(\d+))?$/i.exec(text) ?? []
  if (isIP(text) !== 0 || (isIP(address) !== 0 && isPort(port))) return [...before, text]
  throw new InvalidArgumentError("Expected an IP address such as 1.1.1.1 or 127.0.0.1:5353.")
}

/** Returns whether a text is a port from 1 to 65535, or missing. */
function isPort(text: string | undefined): boolean {
  return text === undefined || (Number(text) >= 1 && Number(text) <= 65_535)
}
