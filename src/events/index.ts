/**
 * The events of Sounder's work: channels of `node:diagnostics_channel` with stable names and
 * messages. Metrics and traces use nothing else.
 *
 * @see docs/guides/observability.md
 * @module
 */
export { type AnnouncedPut, announcePut, isPutWatched } from "./announce-put.js"
export {
  type BotCall,
  type BotCalled,
  type BotWaiting,
  botCall,
  botCalled,
  botWaiting,
} from "./bot-events.js"
export type { EventChannel, EventListener } from "./event-channel.js"
export type { LastingChannel } from "./lasting-channel.js"
export {
  type OutboxEvent,
  type OutboxRefused,
  outboxRefused,
  type OutboxUnsure,
  outboxUnsure,
} from "./outbox-events.js"
export {
  type PollingAcknowledgedEarly,
  type PollingEnded,
  type PollingFetched,
  type PollingSetback,
  type PollingTrouble,
  pollingAcknowledgedEarly,
  pollingEnded,
  pollingFetched,
  pollingSetback,
} from "./polling-events.js"
export {
  type DeliveryFailed,
  deliveryFailed,
  type RegistrationChanged,
  registrationChanged,
  type RegistrationSet,
  registrationSet,
} from "./registration-events.js"
export {
  type HandlingOutcome,
  type PutOutcome,
  type UpdateEvent,
  type UpdateHandled,
  type UpdateHandling,
  type UpdatePut,
  type UpdateRetried,
  type UpdateSettled,
  type UpdateStale,
  type UpdateUnhandled,
  updateHandled,
  updateHandling,
  updatePut,
  updateRetried,
  updateSetAside,
  updateSettled,
  updateStale,
} from "./update-events.js"
export {
  type CertificateFailed,
  certificateFailed,
  type CertificateLoaded,
  certificateLoaded,
  type ConnectionRefusalReason,
  type ConnectionRefused,
  connectionRefused,
  type WebhookRefusalReason,
  type WebhookRefused,
  webhookRefused,
} from "./webhook-events.js"
