import type { CallRecord } from "../http/api.js"
import type { FaultPlan } from "../http/fault.js"
import type { DeliveryRecord } from "../world/delivery-observer.js"
import type { Journal } from "../ground/journal.js"
import type { SimulatedBot } from "../people/simulated-bot.js"
import type { SimulatedGroup } from "../people/simulated-group.js"
import type { SimulatedUser } from "../people/simulated-user.js"
import type { GameTraits } from "../world/game-book.js"
import type { World } from "../world/world.js"

/** Functions that create bots, people and chats. */
export interface Makers {
  bot(options: {
    token?: string
    username?: string
    first_name?: string
    supports_inline_queries?: boolean
    inline_feedback?: boolean
    can_manage_bots?: boolean
    games?: readonly GameTraits[]
  }): SimulatedBot
  user(options: {
    first_name?: string
    last_name?: string
    username?: string
    is_premium?: boolean
  }): SimulatedUser
  supergroup(
    options: { title: string; is_forum?: boolean },
    ...members: readonly (SimulatedUser | SimulatedBot)[]
  ): SimulatedGroup
  channel(
    options: { title: string },
    ...members: readonly (SimulatedUser | SimulatedBot)[]
  ): SimulatedGroup
  group(
    options: { title: string },
    ...members: readonly (SimulatedUser | SimulatedBot)[]
  ): SimulatedGroup
}

/** The parts of a simulator that the chat page shows and changes. */
export interface PageParts {
  readonly world: World
  readonly calls: Journal<CallRecord>
  readonly deliveries: Journal<DeliveryRecord>
  readonly faults: FaultPlan
  readonly makers: Makers
  /** The address that the simulator listens on. */
  readonly host: string
  /** Returns the API root; available once the server listens. */
  readonly apiRoot: () => string
}
