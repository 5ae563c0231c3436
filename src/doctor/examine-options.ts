import type { OptionNames } from "../ground/expect-option.js"
import type { Bot } from "../bot/index.js"
import type { CheckName } from "./check.js"
import type { CheckResult } from "./run-checks.js"

/** The options of {@link examine}. */
export interface ExamineOptions {
  /** The bot whose registration is read from Telegram. Default: none; only the URL is then examined. */
  readonly bot?: Bot
  /** True if the bot should poll: a registered webhook is then a fault. Default: false. */
  readonly polling?: boolean
  /**
   * True if a Bot API server with `--local` delivers, which accepts any URL. Default: `localMode` of
   * the bot.
   */
  readonly localMode?: boolean
  /** The certificate that was or will be uploaded, as PEM text. Default: none. */
  readonly cert?: string
  /** The secret of the webhook. Default: the secret that Sounder derives from the bot's token. */
  readonly secretToken?: string
  /**
   * The addresses of host names in public DNS, for a network whose resolver returns other addresses. The
   * doctor queries no resolver for these names. Default: none.
   */
  readonly resolve?: Readonly<Record<string, string | readonly string[]>>
  /**
   * The local addresses of simulated hosts: a map from `host:port` to `address:port`, as for the simulator.
   * The doctor does not resolve such a host, and does not judge its address. Default: none.
   */
  readonly hosts?: Readonly<Record<string, string>>
  /** The DNS resolvers, as in `1.1.1.1` or `127.0.0.1:5353`. Default: the system's resolvers. */
  readonly dnsServers?: readonly string[]
  /**
   * The address to which the proxy forwards, as seen from this machine: `127.0.0.1:5000` or
   * `unix:/path`. The doctor examines it if the proxy fails. Default: none.
   */
  readonly backend?: string
  /** The trusted root certificates, as PEM texts. Default: Node's root certificates. */
  readonly authorities?: readonly string[]
  /**
   * True if the bot runs on this machine. Needed behind a router, where the doctor cannot detect this because
   * no interface of the machine has the URL's address. Default: false.
   */
  readonly isBotMachine?: boolean
  /**
   * The time for which the doctor polls to detect another polling program, in milliseconds. Most programs
   * poll again within 10 s, so 10,000 usually suffices. The doctor's poll briefly interrupts the other
   * program. Default: 0 (the doctor does not poll).
   */
  readonly pollersMs?: number
  /** The checks to run. Default: all. */
  readonly only?: readonly CheckName[]
  /** The time for which the doctor watches an idle connection, in milliseconds. Default: 0 (no watch). */
  readonly idleMs?: number
  /** The longest time for each request, connection and handshake, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
  /** The clock. Default: the clock of this machine. */
  readonly now?: () => Date
  /** Called with the result of each check as soon as the check ends. */
  readonly onResult?: (result: CheckResult) => void
}

/** The names of the options of {@link examine}. */
export const examineOptionNames: OptionNames<ExamineOptions> = {
  bot: true,
  polling: true,
  localMode: true,
  cert: true,
  secretToken: true,
  resolve: true,
  hosts: true,
  dnsServers: true,
  backend: true,
  authorities: true,
  isBotMachine: true,
  pollersMs: true,
  only: true,
  idleMs: true,
  timeoutMs: true,
  now: true,
  onResult: true,
}
