/**
 * A simulator of Telegram: the Bot API over HTTP, the delivery of updates like the real server's,
 * and people who write to bots.
 *
 * @module
 */
export { Simulator } from "./simulator.js"
export type { SimulatorOptions } from "./ground/simulator-options.js"
export type { SimulatedBot } from "./people/simulated-bot.js"
export type { SimulatedGroup } from "./people/simulated-group.js"
export type { SimulatedUser, WaitOptions } from "./people/simulated-user.js"
export type { Place } from "./people/actor.js"
export type { TypedQuery, TypeOptions } from "./people/inline-queries.js"
export type { JoinOptions, Somebody } from "./people/membership.js"
export type { Payment, PayOptions } from "./people/payments.js"
export type { OpenedButton, Press, TapOptions } from "./people/buttons.js"
export type { SendOptions } from "./people/messages.js"
export type { Written, WrittenFile } from "./people/message-content.js"
export type { GameTraits } from "./world/game-book.js"
export type { BotTraits } from "./world/identity.js"
export type { QueryAnswer } from "./world/inline-mode.js"
export type { Right } from "./world/members.js"
export type { PollTraits } from "./world/polls.js"
export type { MediaFacts } from "./world/media/stored-media.js"
export type { Topic } from "./world/topic.js"
export type { MessageDraft } from "./world/message-draft.js"
export type { PressAnswer } from "./world/person.js"
export type { MessageContent } from "./world/world.js"
export type { CallRecord } from "./http/api.js"
export type { DeliveryRecord } from "./world/delivery-observer.js"
export type { Fault } from "./http/fault.js"
export type { Journal } from "./ground/journal.js"
export { systemClock, type Clock, type Timer } from "./ground/clock.js"
export { MovableClock } from "./ground/movable-clock.js"
