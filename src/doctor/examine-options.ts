import type { Bot } from "../bot/index.js"
import type { CheckName } from "./check.js"
import type { CheckResult } from "./run-checks.js"

/** What {@link examine} can be told. */
export interface ExamineOptions {
  /** The bot, so that Telegram is asked what it knows. Without it only the URL is looked at. */
  readonly bot?: Bot
  /** Whether the bot is meant to poll: then a webhook is a fault. `false` by default. */
  readonly polling?: boolean
  /**
   * Whether a Bot API server with `--local` calls, which takes any URL. What the bot says by default.
   */
  readonly localMode?: boolean
  /** The certificate that was or will be uploaded, as PEM text. */
  readonly cert?: string
  /** The secret of the webhook. The one that Sounder derives from the bot's token by default. */
  readonly secretToken?: string
  /**
   * What public DNS says of a name, in place of asking: a name to its addresses. For a network in
   * which names lead elsewhere than outside.
   */
  readonly resolve?: Readonly<Record<string, string | readonly string[]>>
  /**
   * Where public names and addresses are played on this machine: `host:port` to `address:port`, as
   * the simulator has it. Such a name is not looked up, and where it is played is not judged.
   */
  readonly hosts?: Readonly<Record<string, string>>
  /** The resolvers to ask, as `1.1.1.1` or `127.0.0.1:5353`. The system's by default. */
  readonly dnsServers?: readonly string[]
  /** The address that the proxy forwards to, as seen from this machine: `127.0.0.1:5000` or `unix:/path`. */
  readonly backend?: string
  /** What stands for the authorities that everybody trusts, as PEM texts. Node's own by default. */
  readonly authorities?: readonly string[]
  /**
   * Whether this is the machine of the bot, though the URL's address is not one of its own, as behind
   * a router. `false` by default.
   */
  readonly isBotMachine?: boolean
  /**
   * How long to listen for another program that polls, in milliseconds; within 10,000 most come
   * back. It interrupts whoever polls for a moment, so 0, not at all, by default.
   */
  readonly pollersMs?: number
  /** The checks to be made; all by default. */
  readonly only?: readonly CheckName[]
  /** How long an idle connection is watched, in milliseconds. 0, not at all, by default. */
  readonly idleMs?: number
  /** How long each step may take, in milliseconds. 10,000 by default. */
  readonly timeoutMs?: number
  /** What time it is; this machine's clock by default. */
  readonly now?: () => Date
  /** Called with the result of each check as it comes. */
  readonly onResult?: (result: CheckResult) => void
}
