/**
 * The everyday names of Sounder.
 *
 * @module
 */
export { type Logger, quietLogger, silentLogger } from "./ground/logger.js"
export type { HeldLock, StandbyLock } from "./ground/standby-lock.js"
export type * from "./telegram/api.js"
export * from "./telegram/errors.js"
export * from "./telegram/input-file.js"
export * from "./telegram/parse-update.js"
export * from "./telegram/update-facts.js"
export * from "./telegram/update-types.js"
export * from "./telegram/webhook-errors/explain-webhook-error.js"
export type { Update } from "./telegram/types.js"
export * from "./bot/index.js"
export * from "./queue/index.js"
export * from "./certificate/index.js"
export type { Intake } from "./intake/intake.js"
export { Polling } from "./polling/polling.js"
export type { PollingBot, PollingOptions } from "./polling/polling-options.js"
export {
  Webhook,
  type WebhookHead,
  type WebhookOptions,
  type WebhookRequest,
} from "./webhook/webhook.js"
export type { WebhookResponse } from "./webhook/webhook-response.js"
export { webhookFetch } from "./webhook/webhook-fetch.js"
export { deriveSecretToken } from "./webhook/secret-token.js"
export { webhookListener } from "./node-server/webhook-listener.js"
export { WebhookServer } from "./node-server/webhook-server.js"
export type { WebhookAddress, WebhookServerOptions } from "./node-server/webhook-server-options.js"
export type { MetricsPageOptions, MetricsSource } from "./node-server/pages/metrics-page.js"
export type { CallerOptions } from "./node-server/client-address/callers.js"
export type { ForwardedHeader } from "./node-server/client-address/forwarded.js"
export { telegramNetworks } from "./node-server/client-address/networks.js"
export type { CertificateOption } from "./node-server/tls/certificate-option.js"
export type { CertificateUse } from "./node-server/tls/certificate-swap.js"
export type { KeyAndCertificate } from "./node-server/tls/file-certificate.js"
export type { Reconcile } from "./registration/watch/delivery-watch.js"
export { WebhookIntake } from "./webhook-start/webhook-intake.js"
export type { WebhookIntakeOptions } from "./webhook-start/webhook-intake-options.js"
export * from "./dispatch/index.js"
export * from "./fleet/index.js"
export * from "./updater.js"
