import { errorText } from "../ground/error-text.js"
import { Command, InvalidArgumentError } from "commander"
import { Bot } from "../bot/index.js"
import type { Examination, ExamineOptions, ReportOptions } from "../doctor/index.js"
import { fileAdvice } from "../certificate/file-advice.js"
import { readPemFile } from "../certificate/read-pem-file.js"
import { SounderError } from "../telegram/errors.js"
import { ExitError } from "./exit-error.js"
import {
  localOption,
  type NameFlags,
  nameOptions,
  nameResolution,
  tokenOf,
  tokenOptions,
  type TokenFlags,
} from "./options.js"

interface Flags extends TokenFlags, NameFlags {
  readonly cert?: string
  readonly secret?: string
  readonly backend?: string
  readonly here?: boolean
  readonly polling?: boolean
  readonly pollers?: boolean
  readonly slow?: boolean
  readonly local?: boolean
  readonly timeout: number
  readonly json?: boolean
}

/** The time of the watch with `--slow`, in milliseconds: Telegram closes an idle connection after 60 s. */
const slowMs = 61_000
/** The time of the poll with `--pollers`, in milliseconds: most programs call `getUpdates` again sooner. */
const pollersMs = 10_000

/** `sounder doctor [URL]`: finds the faults of a webhook. */
export function doctorCommand(print: (text: string) => void): Command {
  const command = new Command("doctor")
    .summary("find the faults of a webhook, with their fixes")
    .description(
      "Examines a webhook from Telegram's side: DNS, port, TLS, certificate, path, secret, answers; " +
        "and, with the bot's token, the registration at Telegram. Changes nothing. The default URL " +
        "is the registered one. Ends with 0 if nothing is wrong, with 1 for a fault, with 2 if the " +
        "webhook could not be examined.",
    )
    .argument("[url]", "the webhook's URL, as in https://bot.example.com/hook")
  return nameOptions(tokenOptions(command))
    .option("--cert <file>", "the certificate that was or will be uploaded")
    .option("--secret <text>", "the secret; by default derived from the token")
    .option("--backend <address>", "the server behind the proxy, as 127.0.0.1:5000 or unix:/path")
    .option("--here", "the bot runs on this machine, behind a router with the public address")
    .option("--polling", "the bot polls: a registered webhook is a fault")
    .option("--pollers", "detect another program that polls; interrupts its poll for a moment")
    .option("--slow", "watch an idle connection for a minute")
    .addOption(localOption())
    .option("--timeout <seconds>", "the longest time of each step", seconds, 10)
    .option("--json", "print JSON, for programs")
    .action(async (url: string | undefined, flags: Flags) => {
      const { findings } = await examined(url, flags, print).catch(notExamined)
      const isUnknown =
        url === undefined && findings.some(({ code }) => code === "telegram-unreachable")
      const isWrong = findings.some(({ level }) => level === "fault")
      if (isUnknown || isWrong) throw new ExitError(isUnknown ? 2 : 1)
    })
}

async function examined(
  url: string | undefined,
  flags: Flags,
  print: (text: string) => void,
): Promise<Examination> {
  const token = tokenOf(flags)
  if (url === undefined && token === undefined) {
    throw new TypeError(
      "Expected a URL or a token (--token, or BOT_TOKEN in the environment or in .env): there is nothing to examine",
    )
  }
  // Loaded here, because the other commands do not need the doctor.
  const { examine, findingsText } = await import("../doctor/index.js")
  const { checkLine, listedChecks } = await import("../doctor/examination-report.js")
  const { apiRoot, json = false, local: localMode = false } = flags
  await using bot = token === undefined ? undefined : new Bot(token, { apiRoot, localMode })
  const style = reportOptions()
  const isListed = listedChecks()
  const examination = await examine(url, {
    ...(await optionsOf(flags)),
    ...(bot && { bot }),
    ...(!json && {
      onResult: (result) => void (isListed(result) && print(checkLine(result, style))),
    }),
  })
  print(json ? asJson(examination) : `\n${findingsText(examination, style)}`)
  return examination
}

async function optionsOf(flags: Flags): Promise<ExamineOptions> {
  const { cert, secret, backend, here, polling, pollers, slow } = flags
  return {
    ...(cert !== undefined && { cert: await readCertificate(cert) }),
    ...(secret !== undefined && { secretToken: secret }),
    ...(backend !== undefined && { backend }),
    ...nameResolution(flags),
    isBotMachine: here ?? false,
    localMode: flags.local ?? false,
    polling: polling ?? false,
    pollersMs: pollers === true ? pollersMs : 0,
    idleMs: slow === true ? slowMs : 0,
    timeoutMs: Math.ceil(flags.timeout * 1000),
  }
}

async function readCertificate(path: string): Promise<string> {
  try {
    return await readPemFile(path)
  } catch (cause) {
    const reason = await fileAdvice(path, cause)
    throw new SounderError("certificate-unreadable", `--cert cannot be read: ${reason}`, { cause })
  }
}

function reportOptions(): ReportOptions {
  const { isTTY, columns } = process.stdout
  return { color: isColored(), width: isTTY ? Math.max(60, Math.min(columns, 110)) : 100 }
}

/** Returns whether a report has colours: on a terminal, unless `NO_COLOR` or `FORCE_COLOR` decides otherwise. */
function isColored(): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: isForbidden, TERM: terminal } = process.env
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false"
  return process.stdout.isTTY && !isForbidden && terminal !== "dumb"
}

function asJson(examination: Examination): string {
  return `${JSON.stringify(examination, undefined, 2)}\n`
}

/** Ends the command with 2, because the webhook could not be examined. */
function notExamined(cause: unknown): never {
  throw new ExitError(2, errorText(cause), { cause })
}

function seconds(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 600) return value
  throw new InvalidArgumentError("Expected a number of seconds, at most 600.")
}
