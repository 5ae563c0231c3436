/**
 * The names of `sounder`, grouped by purpose.
 *
 * @module
 */

// A first bot: receive, handle, answer.
export { type StartWebhookOptions, Updater, type UpdaterOptions } from "./updater.js"
export type { StartPollingOptions } from "./polling/polling-options.js"
export type { StopOptions } from "./intake/stop-options.js"
export type { StopVerdict } from "./dispatch/consumer/stop-verdict.js"
export { Bot } from "./bot/bot.js"
export type {
  ApiCall,
  BotOptions,
  BulkCall,
  BulkLimits,
  CallHook,
  CallOptions,
  RetryAfterOptions,
} from "./bot/bot-options.js"
export type { CallDefaults } from "./bot/call-defaults.js"
export type { Download } from "./bot/download.js"
export {
  type ByteStream,
  InputFile,
  type InputFileOptions,
  type InputFileSource,
} from "./telegram/input-file.js"
export type { Removable } from "./ground/removable.js"
export { type Logger, quietLogger, silentLogger } from "./ground/logger.js"
export * as errors from "./errors.js"

// Handlers, filters and contexts.
export { Dispatcher, type ProcessOptions } from "./dispatch/dispatcher.js"
export type { BotSource, DispatcherOptions } from "./dispatch/dispatcher-options.js"
export { type ExtraOf, type Mountable, type Plugin, Router } from "./dispatch/handlers/router.js"
export type {
  Derivation,
  DeriveFunction,
  Deriver,
  FreeNames,
} from "./dispatch/handlers/derivation.js"
export * as filters from "./dispatch/filters/index.js"
export {
  type CommandContext,
  Context,
  type MatchContext,
  type OwnContext,
} from "./dispatch/context/context.js"
export type {
  OwnPutOptions,
  StateSetOptions,
  UpdateState,
} from "./dispatch/context/update-state.js"
export type { HandlerOptions } from "./dispatch/handlers/handler-options.js"
export type { CommandHandlerOptions } from "./dispatch/handlers/command-entry.js"
export type { CommandMenuOptions } from "./dispatch/handlers/command-menu.js"
export type { CommandSync, SyncCommandsOptions } from "./dispatch/handlers/sync-commands.js"
export type { CommandList } from "./dispatch/handlers/command-lists.js"
export { limit, type LimitOptions } from "./dispatch/handlers/limit.js"
export type { MessageMethods } from "./dispatch/context/message-methods.js"
export type { MessageLookup } from "./dispatch/handlers/message-lookup.js"
export type {
  CommandHandler,
  ErrorHandler,
  FilteredHandler,
  Handler,
  Middleware,
  Next,
} from "./dispatch/handlers/handler.js"
export type { PressData, PressSource } from "./dispatch/handlers/press-source.js"
export type { Filter, MessageFilter, NarrowedBy } from "./dispatch/filters/filter.js"
export type { Attempts, Failure, FailureDecision } from "./dispatch/handlers/failure-rule.js"
export type { BackoffOptions } from "./ground/backoff.js"
export type { StaleDecision, StaleRule } from "./dispatch/context/stale-updates.js"
export type {
  CallbackAnswer,
  InlineAnswer,
  PreCheckoutAnswer,
  ShippingAnswer,
} from "./dispatch/context/answer.js"
export type { ReactionEmoji } from "./dispatch/context/chat-methods.js"
export type { RespondMethod, RespondParameters } from "./dispatch/context/respond.js"
export type { LaterMethod, LaterOptions, LaterParameters } from "./dispatch/context/later.js"
export type { UnsureRule } from "./telegram/promised-call.js"

// Several bots in one process.
export { Fleet } from "./fleet/fleet.js"
export type {
  FleetAddOptions,
  FleetOptions,
  FleetStart,
  FleetWebhookOptions,
} from "./fleet/fleet-options.js"
export type { BotListOptions, BotRemoveOptions, BotStore, NewBot } from "./fleet/store/bot-store.js"
export type { BotState } from "./fleet/store/bot-table.js"
export type { StoredBot } from "./fleet/store/stored-bot.js"
export type { BotKindValues } from "./fleet/bot-kinds.js"
export type { FleetBotStatus } from "./fleet/fleet-status.js"

// The webhook server: TLS, client addresses, pages.
export { WebhookServer } from "./node-server/webhook-server.js"
export type { WebhookAddress, WebhookServerOptions } from "./node-server/webhook-server-options.js"
export type { CallerOptions } from "./node-server/client-address/callers.js"
export type { ForwardedHeader } from "./node-server/client-address/forwarded.js"
export { telegramNetworks } from "./telegram/network-facts.js"
export type { MetricsPageOptions, MetricsSource } from "./node-server/pages/metrics-page.js"
export type { CertificateOption } from "./node-server/tls/certificate-option.js"
export type { CertificateUse } from "./node-server/tls/certificate-swap.js"
export type { KeyAndCertificate } from "./node-server/tls/file-certificate.js"
export type {
  CertificateSource,
  CertificateWatch,
  OfferCertificates,
} from "./certificate/certificate-source.js"

// Certificates: creation, and checks by Telegram's rules.
export {
  type CertificateAndKey,
  createCertificate,
  type CreateCertificateOptions,
} from "./certificate/create-certificate.js"
export {
  type CertificateFiles,
  writeCertificate,
  type WriteCertificateOptions,
} from "./certificate/write-certificate.js"
export {
  type CertificateFacts,
  type CertificateInspection,
  inspectCertificate,
  type InspectCertificateOptions,
} from "./certificate/inspect-certificate.js"
export type { CertificateRemark, CertificateRemarkCode } from "./certificate/certificate-remarks.js"
export type {
  CertificateProblem,
  CertificateProblemCode,
} from "./certificate/certificate-problem.js"
export { judgeCertificate } from "./certificate/judge-certificate.js"
export {
  certificateProblems,
  type CertificateProblemsOptions,
} from "./certificate/certificate-problems.js"
export { certificateReport } from "./certificate/certificate-report.js"

// Webhooks on another web server, and the parts of an `Updater`.
export { Webhook, type WebhookOptions, type WebhookRequest } from "./webhook/webhook.js"
export type { WebhookHead } from "./webhook/head-check.js"
export type { WebhookResponse } from "./webhook/webhook-response.js"
export { webhookFetch } from "./webhook/webhook-fetch.js"
export {
  type NodeRequest,
  type NodeResponse,
  webhookListener,
} from "./node-server/webhook-listener.js"
export { deriveSecretToken } from "./webhook/secret-token.js"
export {
  type ExplainedWebhookError,
  explainWebhookError,
  type WebhookErrorCode,
  webhookErrorCodes,
} from "./telegram/webhook-errors/explain-webhook-error.js"
export type { Intake } from "./intake/intake.js"
export { Polling } from "./polling/polling.js"
export type { PollingBot, PollingOptions } from "./polling/polling-options.js"
export { WebhookIntake } from "./webhook-start/webhook-intake.js"
export type { WebhookIntakeOptions } from "./webhook-start/webhook-intake-options.js"
export type { Reconcile } from "./registration/watch/delivery-watch.js"
export type { HeldLock, StandbyLock } from "./ground/standby-lock.js"

// Queues: the queue in memory, and the contract of every queue.
export { MemoryQueue, type SetAsideUpdate } from "./queue/memory/memory-queue.js"
export type { MemoryQueueOptions } from "./queue/memory/memory-queue-options.js"
export type {
  BotRecords,
  BotUpdate,
  Delivery,
  DeliveryRetryOptions,
  DeliveryTransaction,
  EarlyUpdates,
  HandBack,
  IncomingUpdate,
  ParkedUpdate,
  QueueTransaction,
  UpdateQueue,
  UpdateReference,
} from "./queue/update-queue.js"
export type {
  DeadLetter,
  QueueAdministration,
  OpenTransaction,
  QueueStatus,
  WaitingCall,
} from "./queue/queue-administration.js"
export type { ResponseCall, ResponseSlot } from "./queue/response-slot.js"
export type {
  OwnPut,
  StateDelete,
  StateEntry,
  StateKey,
  StateSet,
  StateStore,
  StateWrite,
  TimerCancel,
} from "./queue/state-store.js"

// Updates, and the chat, user, lane and type of an update.
export type { Update } from "./telegram/types.js"
export type { OwnContent, OwnTarget } from "./telegram/own-update.js"
export { parseUpdate } from "./telegram/parse-update.js"
export {
  type LaneRule,
  updateChat,
  updateDate,
  updateLane,
  updateMessage,
  updateType,
  updateUser,
} from "./telegram/update-facts.js"
export { optInUpdateTypes, updateTypes } from "./telegram/update-types.js"
export type {
  ChatOf,
  KnownType,
  MessageOf,
  NewerUpdate,
  TypeOf,
  UpdateOf,
  UpdateOfAny,
  UserOf,
} from "./dispatch/context/narrowed.js"

// Types of the Bot API's methods, and transports.
export type {
  ApiMethodName,
  ApiMethods,
  ApiParameters,
  ApiResult,
  UpdateType,
  MessageType,
} from "./telegram/api.js"
export type { ApiCalls, ApiFunction } from "./bot/api-calls.js"
export type {
  RequestAbort,
  Transport,
  TransportRequest,
  TransportResponse,
} from "./bot/transport.js"
