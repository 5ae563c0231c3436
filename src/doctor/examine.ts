import { isIP } from "node:net"
import {
  expectInteger,
  expectOptionsObject,
  expectText,
  unexpectedOption,
} from "../ground/expect-option.js"
import { longestTimerMs } from "../ground/timer.js"
import { deriveSecretToken } from "../webhook/secret-token.js"
import { type ExamineOptions, examineOptionNames } from "./examine-options.js"
import type { Finding } from "./finding.js"
import { allChecks } from "./checks/all-checks.js"
import { backendAddress } from "./probes/backend.js"
import { type CheckResult, runChecks } from "./run-checks.js"
import { urlForReport } from "./redact-url.js"
import type { ResolvedOptions, Evidence } from "./evidence.js"

/** The result of {@link examine}. */
export interface Examination {
  /** The examined URL, without secrets; empty if there was no URL. */
  readonly url: string
  /** The results of the checks, in the order in which they ran. */
  readonly checks: readonly CheckResult[]
  /** The findings of all checks; empty if all is well. */
  readonly findings: readonly Finding[]
}

/**
 * Examines a webhook from outside, as Telegram's servers see it, and resolves with findings: each
 * names a fault, its consequence and its remedy. Changes nothing: the bot gets only requests without an
 * update, and Telegram only calls that read. Failures of the network become findings.
 *
 * @param url the webhook's URL; `undefined` for the URL that is registered at Telegram
 * @throws TypeError if both the URL and the bot are missing, and for a wrong option
 * @example
 * ```ts
 * import { Bot } from "sounder"
 * import { examine } from "sounder/doctor"
 *
 * const bot = new Bot(process.env.BOT_TOKEN)
 * const { findings } = await examine("https://example.com:8443/hook", { bot })
 * for (const { code, seen, fix } of findings) console.log(`${code}: ${seen} ${fix}`)
 * ```
 */
export async function examine(
  url: string | undefined,
  options: ExamineOptions = {},
): Promise<Examination> {
  expectOptionsObject(options, "examine(url, { bot })", examineOptionNames)
  const resolved = resolveOptions(url, options)
  let evidence: Evidence = { options: resolved }
  const { only } = options
  const selected = only ? allChecks.filter(({ name }) => only.includes(name)) : allChecks
  const checks = await runChecks(selected, evidence, (result, known) => {
    evidence = known
    options.onResult?.(result)
  })
  const examined = url ?? evidence.info?.url ?? ""
  return {
    url: urlForReport(examined, resolved),
    checks,
    findings: checks.flatMap(({ findings }) => findings),
  }
}

function resolveOptions(url: string | undefined, options: ExamineOptions): ResolvedOptions {
  const { bot, secretToken, resolve = {}, hosts = {}, backend } = options
  if (url === undefined && bot === undefined) {
    throw new TypeError("Expected a URL or the `bot` option: there is nothing to examine.")
  }
  if (backend !== undefined) backendAddress(backend)
  if (secretToken !== undefined) expectText("secretToken", secretToken)
  return {
    url,
    bot,
    secret: secretOf(options),
    polling: options.polling ?? false,
    localMode: options.localMode ?? bot?.localMode ?? false,
    cert: options.cert,
    resolve: Object.fromEntries(
      Object.entries(resolve).map(([name, to]) => [name.toLowerCase(), [to].flat().map(expectIp)]),
    ),
    hosts: Object.fromEntries(Object.entries(hosts).map(([name, to]) => [name.toLowerCase(), to])),
    dnsServers: options.dnsServers,
    backend,
    authorities: options.authorities,
    isBotMachine: options.isBotMachine ?? false,
    pollersMs: expectInteger("pollersMs", options.pollersMs ?? 0, 0, longestTimerMs),
    idleMs: expectInteger("idleMs", options.idleMs ?? 0, 0, longestTimerMs),
    timeoutMs: expectInteger("timeoutMs", options.timeoutMs ?? 10_000, 0, longestTimerMs),
    now: options.now ?? (() => new Date()),
  }
}

function expectIp(address: string): string {
  if (isIP(address) !== 0) return address
  return unexpectedOption("resolve", "IP addresses by host name", address)
}

function secretOf({ secretToken, bot }: ExamineOptions): ResolvedOptions["secret"] {
  if (secretToken !== undefined) return { token: secretToken, isGuess: false }
  return bot && { token: deriveSecretToken(bot.token), isGuess: true }
}
