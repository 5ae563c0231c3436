/** From an update to its handlers. */
export type {
  CallbackAnswer,
  InlineAnswer,
  PreCheckoutAnswer,
  ShippingAnswer,
} from "./context/answer.js"
export type { ReactionEmoji } from "./context/chat-methods.js"
export type { CommandContext, MatchContext } from "./context/context.js"
export { Context } from "./context/context.js"
export * from "./dispatcher.js"
export * from "./handlers/attempts-spent.js"
export type { Attempts, Failure, FailureDecision } from "./handlers/failure-rule.js"
export type { StaleDecision, StaleRule } from "./context/stale-updates.js"
export type { BackoffOptions } from "../ground/backoff.js"
export type { Filter, MessageFilter, NarrowedBy } from "./filters/filter.js"
export * as filters from "./filters/index.js"
export type * from "./handlers/handler.js"
export * from "./handlers/handler-timeout.js"
export type * from "./context/narrowed.js"
export type { RespondMethod, RespondParameters } from "./context/respond.js"
export * from "./handlers/router.js"
export type * from "./consumer/stop-verdict.js"
