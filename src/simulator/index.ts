/**
 * Telegram on your own machine: the Bot API over HTTP with the delivery of updates as the real
 * server does it, and people who write to bots.
 *
 * @module
 */
export { Simulator, type SimulatorOptions } from "./simulator.js"
export type { SimulatedBot } from "./simulated-bot.js"
export type { SimulatedGroup } from "./simulated-group.js"
export type { Press, SimulatedUser, WaitOptions, Written } from "./simulated-user.js"
export type { CallbackAnswer } from "./world/person.js"
export type { MessageContent } from "./world/world.js"
export type { CallRecord } from "./api/api.js"
export type { DeliveryRecord } from "./delivery-observer.js"
export type { Fault } from "./api/fault.js"
export type { Journal } from "./journal.js"
export { systemClock, type Clock, type Timer } from "./clock.js"
export { MovableClock } from "./movable-clock.js"
