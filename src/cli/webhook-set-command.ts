import { setTimeout as sleep } from "node:timers/promises"
import { Command, InvalidArgumentError } from "commander"
import type { Bot } from "../bot/index.js"
import { planStart } from "../webhook-start/start-plan.js"
import { register } from "../registration/registration.js"
import type { UpdateType } from "../telegram/api.js"
import { updateTypes } from "../telegram/update-types.js"
import { ExitError } from "./exit-error.js"
import { withFlagNames } from "./flag-names.js"
import {
  botOf,
  localOption,
  type NameFlags,
  nameOptions,
  nameResolution,
  tokenOptions,
  type TokenFlags,
  wholeNumber,
} from "./options.js"

interface Flags extends TokenFlags, NameFlags {
  readonly cert?: string
  /** `false` with `--no-secret`. */
  readonly secret?: string | false
  readonly maxConnections?: number
  readonly allowedUpdates?: readonly UpdateType[]
  readonly ipAddress?: string
  readonly dropPending?: boolean
  /** `undefined` without `--upload` and `--no-upload`: the certificate decides. */
  readonly upload?: boolean
  readonly force?: boolean
  readonly local?: boolean
}

/** The flags that replace the library's option names in a warning. */
const ownFlags: ReadonlySet<string> = new Set([
  "--cert",
  "--secret",
  "--max-connections",
  "--allowed-updates",
  "--ip-address",
  "--upload",
])

/** The time in milliseconds until Telegram has connected for the first time, and has recorded a failure. */
const recordingMs = 1_500

/** `sounder webhook set URL`: registers a webhook after all checks that are possible on this machine. */
export function webhookSetCommand(print: (text: string) => void): Command {
  const command = new Command("set")
    .summary("check and register a webhook")
    .description(
      "Registers a webhook. URL, certificate, secret and DNS are checked first, because a setWebhook " +
        "that Telegram refuses removes the webhook that was there before. Ends with 1 if Telegram " +
        "cannot connect afterwards.",
    )
    .argument("<url>", "the webhook's URL, as in https://bot.example.com/hook")
  return nameOptions(tokenOptions(command))
    .option("--cert <file>", "the certificate; a self-signed one is uploaded")
    .option("--secret <text>", "the secret; by default derived from the token")
    .option("--no-secret", "no secret: everyone who knows the URL can send updates")
    .option("--max-connections <number>", "the most parallel requests, 1-100", wholeNumber)
    .option(
      "--allowed-updates <types>",
      "the update types, as message,callback_query",
      parseUpdateTypes,
    )
    .option("--ip-address <address>", "call this address instead of asking DNS")
    .option("--upload", "upload the certificate, even if Telegram seems to trust it")
    .option("--no-upload", "do not upload it, even if it is self-signed")
    .option("--drop-pending", "drop the pending updates")
    .option("--force", "register even if DNS looks wrong on this machine")
    .addOption(localOption())
    .action(async (url: string, flags: Flags) => {
      await using bot = botOf(flags)
      await registerWebhook(bot, url, flags, print)
    })
}

async function registerWebhook(
  bot: Bot,
  url: string,
  flags: Flags,
  print: (text: string) => void,
): Promise<void> {
  const { cert, secret, maxConnections, allowedUpdates, ipAddress, dropPending = false } = flags
  const warn = (text: string) => print(`${withFlagNames(text, ownFlags)}\n`)
  const logger = { debug() {}, info() {}, warn, error() {} }
  const options = { cert, secretToken: secret, maxConnections, allowedUpdates, ipAddress }
  const uploading = { uploadCertificate: flags.upload }
  const { wanted } = await planStart({ bot, webhookUrl: url, ...options, ...uploading }, logger)
  if (ipAddress === undefined && flags.force !== true) await expectReachableUrl(bot, url, flags)
  if (!wanted) return
  await register(bot, wanted.current, { dropPendingUpdates: dropPending, signal: undefined })
  await report(bot, print)
}

/** Rejects if the doctor finds a fault in the URL or its DNS records. */
async function expectReachableUrl(bot: Bot, url: string, flags: Flags): Promise<void> {
  const { examine } = await import("../doctor/index.js")
  const { findings } = await examine(url, {
    bot,
    ...nameResolution(flags),
    only: ["url", "dns"],
  })
  const fault = findings.find(({ level }) => level === "fault")
  if (!fault) return
  const { code, seen, fix } = fault
  const rest = "The webhook was not registered; --force registers it all the same."
  throw new ExitError(1, `${code}: ${seen} ${fix}\n${rest}`)
}

async function report(bot: Bot, print: (text: string) => void): Promise<void> {
  const { webhookReport } = await import("../doctor/index.js")
  await sleep(recordingMs)
  const info = await bot.getWebhookInfo()
  print(`The webhook is set.\n\n${webhookReport(info, { token: bot.token })}`)
  if (info.last_error_message === undefined) return
  throw new ExitError(
    1,
    "Telegram cannot connect to the webhook yet; run `sounder doctor` for details",
  )
}

function parseUpdateTypes(text: string): readonly UpdateType[] {
  const names = text.split(",").filter((name) => name !== "")
  return names.map((name) => {
    const knownType = updateTypes.find((type) => type === name)
    if (knownType) return knownType
    throw new InvalidArgumentError(`${JSON.stringify(name)} is not an update type.`)
  })
}
