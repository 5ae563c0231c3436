import type { Bot, BotOptions } from "../bot/index.js"
import { type DispatcherOptions, handlingOptionNames } from "../dispatch/index.js"
import type { OptionNames } from "../ground/expect-option.js"
import type { Logger } from "../ground/logger.js"
import type { UpdateQueue } from "../queue/index.js"
import type { User } from "../telegram/types.js"
import type { WebhookIntakeOptions } from "../webhook-start/webhook-intake-options.js"
import type { BotStore } from "./store/index.js"
import type { WebhookServer } from "../node-server/webhook-server.js"

/** The options of a {@link Fleet}. */
export interface FleetOptions extends Pick<
  DispatcherOptions,
  "advice" | "attempts" | "autoAnswer" | "concurrency" | "handlerTimeoutMs" | "stale"
> {
  /**
   * The queue for the updates of all bots. Default: a {@link MemoryQueue} whose `perBot` is a quarter of `concurrency`.
   */
  readonly queue?: UpdateQueue
  /**
   * The store of the bots, which several machines can share: a bot that is added, removed or parked on one machine is
   * so on all. The fleet does not close the store. Default: none; the bots of a fleet are then lost at its end.
   */
  readonly store?: BotStore
  /** The options of bots that are added by their tokens. These bots share their connections to Telegram. */
  readonly botOptions?: BotOptions
  /**
   * The logger. Default: `console` with warnings and errors and, unless `NODE_ENV` is `test`, one line after
   * the start.
   */
  readonly logger?: Logger
  /**
   * Called when a bot stops receiving because Telegram no longer accepts its token. The error is logged. The bot
   * stays in the fleet, in the state `refused`, until it is removed or added with a new token. Default: none.
   */
  readonly onBotEnded?: (bot: Bot, error: unknown) => void
  /**
   * True to add each bot that a person creates with a bot of the fleet; a function chooses. The fleet then also gives
   * these bots their new tokens. Default: false.
   *
   * @see docs/guides/many-bots.md#managed-bots
   */
  readonly managedBots?: boolean | ChooseManagedBot
}

/** A bot that a person has created with a bot of the fleet. */
export interface ManagedBot {
  /** The bot of the fleet that manages the new bot. */
  readonly manager: Bot
  /** The new bot. */
  readonly bot: User
  /** The owner of the new bot. */
  readonly owner: User
}

/**
 * A function that returns the kind and the data of a managed bot that is not in the fleet; false to leave the bot out.
 * The function is called at the creation of the bot and at each later change of the bot's token or owner.
 */
export type ChooseManagedBot = (
  managed: ManagedBot,
) => FleetAddOptions | false | Promise<FleetAddOptions | false>

/** The names of the options of a fleet. */
export const fleetOptionNames: OptionNames<FleetOptions> = {
  ...handlingOptionNames,
  queue: true,
  store: true,
  botOptions: true,
  onBotEnded: true,
  managedBots: true,
  logger: true,
}

/**
 * The options of a fleet's webhooks. All apply to every bot. With a queue that stores updates, the default of
 * `maxConnections` is 8.
 */
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
  /** The server of all bots. If it does not run, the fleet starts it, and `stop` closes it. */
  readonly server: WebhookServer
  /**
   * The part that the URLs of all bots begin with. The id of a bot follows as the last part of the path.
   * Default: none; the fleet then registers no webhooks, and you call `setWebhook` for each bot.
   */
  readonly webhookUrl?: string | undefined
  /**
   * The part that the paths of all bots on the server begin with, for a proxy that changes paths. Default:
   * the path of `webhookUrl`, or `/`.
   */
  readonly urlPath?: string | undefined
}

/** The names of the options of a fleet's webhooks. */
export const fleetWebhookOptionNames: OptionNames<FleetWebhookOptions> = {
  server: true,
  webhookUrl: true,
  urlPath: true,
  allowedUpdates: true,
  bootstrapRetries: true,
  cert: true,
  dropPendingUpdates: true,
  ipAddress: true,
  maxBodyBytes: true,
  maxConnections: true,
  putTimeoutMs: true,
  reconcile: true,
}

/** The result of a fleet's start. */
export interface FleetStart {
  /** The bots that receive updates. */
  readonly started: readonly Bot[]
  /**
   * The bots whose start failed, with their errors. The bots stay in the fleet, which tries to start them
   * again. A bot whose token Telegram does not accept is not tried again: add it with a new token.
   */
  readonly failed: readonly { readonly bot: Bot; readonly error: unknown }[]
}

/** The options of {@link Fleet.add}. */
export interface FleetAddOptions {
  /** The kind of the bot: up to 64 letters, digits and `_.-`. Default: the kind of the stored bot, or none. */
  readonly kind?: string | undefined
  /** The data of the bot, as JSON; `ctx.botData` in handlers of {@link Fleet.kind}. Default: the data of the stored bot, or `null`. */
  readonly data?: unknown
}
