import type { Bot, BotOptions } from "../bot/index.js"
import type { DispatcherOptions } from "../dispatch/index.js"
import type { Logger } from "../ground/logger.js"
import type { UpdateQueue } from "../queue/index.js"
import type { WebhookIntakeOptions } from "../webhook-start/webhook-intake-options.js"
import type { WebhookServer } from "../node-server/webhook-server.js"

/** What a {@link Fleet} is made of. */
export interface FleetOptions extends Pick<
  DispatcherOptions,
  "attempts" | "concurrency" | "handlerTimeoutMs" | "stale"
> {
  /** Where the updates of all bots wait. A {@link MemoryQueue} by default. */
  readonly queue?: UpdateQueue
  /**
   * For the bots that are made of tokens. They share their connections to Telegram, and `setWebhook` is
   * called for eight of them at a time.
   */
  readonly botOptions?: BotOptions
  /** Where warnings go. `console`, without its `info` and `debug`, by default. */
  readonly logger?: Logger
  /**
   * Called when a bot no longer receives, though nobody has removed it: Telegram does not know its
   * token any more. It is then no longer in the fleet. It is logged, too.
   */
  readonly onBotEnded?: (bot: Bot, error: unknown) => void
}

/** How a fleet receives over webhooks. What is not named here is the same for all bots. */
export interface FleetWebhookOptions extends Pick<
  WebhookIntakeOptions,
  | "allowedUpdates"
  | "bootstrapRetries"
  | "cert"
  | "dropPendingUpdates"
  | "ipAddress"
  | "maxBodyBytes"
  | "maxConnections"
  | "putTimeoutMs"
  | "reconcile"
> {
  /** The server that all bots share. It is started where it does not run, and then closed by `stop`. */
  readonly server: WebhookServer
  /**
   * The URL below which each bot has its own, with its id as the last part of the path. Without it
   * nothing is registered: you call `setWebhook` for each.
   */
  readonly webhookUrl?: string | undefined
  /** The path below which each bot has its own. The path of `webhookUrl`, or `/`, by default. */
  readonly urlPath?: string | undefined
}

/** What became of the bots when a fleet started. */
export interface FleetStart {
  /** The bots that receive. */
  readonly started: readonly Bot[]
  /**
   * Those that do not as yet, with what they failed with. They stay in the fleet, and are tried again
   * unless Telegram does not know their token: add such a bot again with another.
   */
  readonly failed: readonly { readonly bot: Bot; readonly error: unknown }[]
}
