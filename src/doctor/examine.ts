import { expectDurationMs, expectText } from "../ground/expect-option.js"
import { deriveSecretToken } from "../webhook/secret-token.js"
import type { ExamineOptions } from "./examine-options.js"
import type { Finding } from "./finding.js"
import { allChecks } from "./checks/all-checks.js"
import { optionsOf } from "./probes/backend.js"
import { type CheckResult, runChecks } from "./run-checks.js"
import { shownFor } from "./shown-for.js"
import type { Given, Sight } from "./sight.js"

/** What an examination has come to. */
export interface Examination {
  /** The URL that was looked at, without secrets; empty where there was none. */
  readonly url: string
  /** Each check in turn. */
  readonly checks: readonly CheckResult[]
  /** What is wrong or worth knowing; empty where all is well. */
  readonly findings: readonly Finding[]
}

/**
 * Looks at a webhook as Telegram meets it, and says what is wrong, why it matters and what to do.
 * Changes nothing: the bot is sent requests in which there is no update, and Telegram is only asked.
 *
 * @param url the webhook's URL; `undefined` for the one that Telegram has
 * @throws TypeError where there is neither a URL nor a bot, and for a wrong option
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
  const given = givenBy(url, options)
  let seen: Sight = { given }
  const { only } = options
  const wanted = only ? allChecks.filter(({ name }) => only.includes(name)) : allChecks
  const checks = await runChecks(wanted, seen, (result, sight) => {
    seen = sight
    options.onResult?.(result)
  })
  const shown = url ?? seen.info?.url ?? ""
  return {
    url: shownFor(shown, given),
    checks,
    findings: checks.flatMap(({ findings }) => findings),
  }
}

function givenBy(url: string | undefined, options: ExamineOptions): Given {
  const { bot, secretToken, resolve = {}, hosts = {}, backend } = options
  if (url === undefined && bot === undefined) {
    throw new TypeError("Expected a URL or the `bot` option: there is nothing to examine.")
  }
  if (backend !== undefined) optionsOf(backend)
  if (secretToken !== undefined) expectText("secretToken", secretToken)
  return {
    url,
    bot,
    secret: secretOf(options),
    polling: options.polling ?? false,
    localMode: options.localMode ?? bot?.localMode ?? false,
    cert: options.cert,
    resolve: Object.fromEntries(
      Object.entries(resolve).map(([name, to]) => [name.toLowerCase(), [to].flat()]),
    ),
    hosts: Object.fromEntries(Object.entries(hosts).map(([name, to]) => [name.toLowerCase(), to])),
    dnsServers: options.dnsServers,
    backend,
    authorities: options.authorities,
    isBotMachine: options.isBotMachine ?? false,
    pollersMs: expectDurationMs("pollersMs", options.pollersMs ?? 0),
    idleMs: expectDurationMs("idleMs", options.idleMs ?? 0),
    timeoutMs: expectDurationMs("timeoutMs", options.timeoutMs ?? 10_000),
    now: options.now ?? (() => new Date()),
  }
}

function secretOf({ secretToken, bot }: ExamineOptions): Given["secret"] {
  if (secretToken !== undefined) return { token: secretToken, isGuess: false }
  return bot && { token: deriveSecretToken(bot.token), isGuess: true }
}
