import { type Dispatcher, Router } from "../dispatch/index.js"
import type { FleetBots } from "./fleet-bots.js"
import { expectKind } from "./store/bot-store.js"
import { damagedData } from "./store/stored-bot.js"

/** The values on the context of a handler for the bots of one kind. */
export interface BotKindValues<Data> {
  /** The data of the bot, as the function for the kind returns them. */
  readonly botData: Data
}

/**
 * Mounts a router on a dispatcher whose handlers get the updates of the bots of one kind, and returns the router.
 *
 * @param read returns the data of a bot in their checked form; an error fails the update
 * @throws TypeError for a wrong kind
 */
export function routerOfKind<Data>(
  dispatcher: Dispatcher,
  { bots, kind, read }: { bots: FleetBots; kind: string; read: (data: unknown) => Data },
): Router<BotKindValues<Data>> {
  expectKind(kind)
  const router = new Router()
  dispatcher.route(({ bot }) => bots.profileOf(bot.id)?.kind, { [kind]: router })
  return router.derive<BotKindValues<Data>>(({ bot }) => {
    const data = bots.profileOf(bot.id)?.data
    if (data === undefined) throw damagedData(bot.id)
    return { botData: read(data) }
  })
}
