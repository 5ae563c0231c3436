import { unknownBotHook } from "../webhook-start/unknown-bot.js"
import { WebhookIntake } from "../webhook-start/webhook-intake.js"
import type { WebhookIntakeOptions } from "../webhook-start/webhook-intake-options.js"
import { deriveSecretToken } from "../webhook/secret-token.js"
import { expectBaseUrl, pathOfUrl, withBotId } from "./bot-paths.js"
import type { FleetMember } from "./fleet-bots.js"
import type { OpenIntake } from "./fleet-intake.js"
import type { FleetWebhookOptions } from "./fleet-options.js"

/** An id with as many digits as most ids of bots have. */
const sampleId = 1_000_000_000

/** The options of each bot's webhook that the fleet adds to those of `startWebhook`. */
type OwnOptions = Pick<
  WebhookIntakeOptions,
  "allowedUpdates" | "logger" | "maxConnections" | "queue"
>

/** The webhooks of a fleet on one server, each at a path with the id of its bot. */
export class FleetWebhooks {
  readonly #options: FleetWebhookOptions
  readonly #ownOptions: () => OwnOptions
  readonly #isShared: boolean

  /**
   * @param ownOptions returns the options that the fleet adds
   * @param isShared true if several machines share the bots
   * @throws TypeError for a URL to which no id can be added
   */
  constructor(options: FleetWebhookOptions, ownOptions: () => OwnOptions, isShared: boolean) {
    expectBaseUrl(options.webhookUrl)
    this.#options = options
    this.#ownOptions = ownOptions
    this.#isShared = isShared
  }

  /**
   * Starts the server if it does not run. Until the webhooks are open, their paths answer 503. Resolves with the
   * function that closes the server.
   */
  async prepare(members: readonly FleetMember[]): Promise<() => Promise<void>> {
    const { server, webhookUrl } = this.#options
    server.closeFolderOf(this.#pathOf(sampleId), unknownBotHook(webhookUrl !== undefined))
    for (const member of members) {
      if (member.parked) continue
      const { id: botId, token } = member.bot
      const secretToken = deriveSecretToken(token)
      member.stopExpecting = server.expect({ botId, path: this.#pathOf(botId), secretToken })
    }
    const isStartedHere = server.address === undefined
    if (isStartedHere) await server.start()
    return async () => {
      if (isStartedHere) await server.close()
    }
  }

  /** Opens the webhook of a bot. */
  readonly open: OpenIntake = (bot, { signal, isLeader }) => {
    const { server, webhookUrl, urlPath, ...shared } = this.#options
    const { allowedUpdates, maxConnections, ...own } = this.#ownOptions()
    return WebhookIntake.start({
      ...{ allowedUpdates, maxConnections },
      ...shared,
      ...own,
      ...{ bot, signal, server },
      standsBy: this.#isShared ? !isLeader : undefined,
      webhookUrl: webhookUrl === undefined ? undefined : withBotId(webhookUrl, bot.id),
      urlPath: urlPath === undefined && webhookUrl ? undefined : this.#pathOf(bot.id),
    })
  }

  #pathOf(botId: number): string {
    const { urlPath, webhookUrl } = this.#options
    return withBotId(urlPath ?? pathOfUrl(webhookUrl), botId)
  }
}
