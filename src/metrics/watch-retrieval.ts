import {
  certificateFailed,
  type CertificateLoaded,
  certificateLoaded,
  deliveryFailed,
  pollingFetched,
  pollingAcknowledgedEarly,
  pollingSetback,
  type PollingTrouble,
  registrationChanged,
  registrationSet,
  connectionRefused,
  type ConnectionRefusalReason,
  webhookRefused,
  type WebhookRefusalReason,
} from "../events/index.js"
import type { BotLabel } from "./labels.js"
import type { Registry } from "./registry.js"

// Records, so that the compiler reports a missing reason.
const refusalReasons: Record<WebhookRefusalReason, true> = {
  address: true,
  path: true,
  method: true,
  secret: true,
  "content-type": true,
  length: true,
  cut: true,
  body: true,
  starting: true,
  stopping: true,
  "handed-back": true,
  full: true,
  slow: true,
  failed: true,
}
const connectionReasons: Record<ConnectionRefusalReason, true> = {
  tls: true,
  "plain-http": true,
  "tls-on-http": true,
  "not-http": true,
  "proxy-header": true,
  "unexpected-proxy-header": true,
  "untrusted-proxy": true,
  crowded: true,
  descriptors: true,
}
const troubles: Record<PollingTrouble, true> = {
  transient: true,
  "unknown-token": true,
  "other-poller": true,
  webhook: true,
  refused: true,
}

/** Counts the events of retrieval. Returns the functions that unsubscribe from the events. */
export function watchRetrieval(registry: Registry, bots: BotLabel): (() => void)[] {
  return [
    ...watchRefusals(registry, bots),
    ...watchPolling(registry, bots),
    ...watchRegistrations(registry, bots),
    ...watchCertificates(registry),
  ]
}

function watchRefusals(registry: Registry, bots: BotLabel): (() => void)[] {
  const refused = registry.counter({
    name: "sounder_webhook_refused_total",
    help: "Requests that a webhook did not answer with 200, by reason.",
    labels: ["bot", "reason"],
  })
  for (const reason of Object.keys(refusalReasons)) refused.series("", reason)
  const connections = registry.counter({
    name: "sounder_connections_refused_total",
    help: "Connections that servers closed, in most cases before a request, by reason.",
    labels: ["reason"],
  })
  for (const reason of Object.keys(connectionReasons)) connections.series(reason)
  return [
    connectionRefused.subscribe(({ reason }) => {
      connections.series(reason).value += 1
    }),
    webhookRefused.subscribe(({ botId, reason }) => {
      refused.series(bots.label(botId), reason).value += 1
    }),
  ]
}

function watchPolling(registry: Registry, bots: BotLabel): (() => void)[] {
  const answers = registry.counter({
    name: "sounder_polling_answers_total",
    help: "Successful calls of getUpdates.",
    labels: ["bot"],
  })
  const setbacks = registry.counter({
    name: "sounder_polling_setbacks_total",
    help: "Failures that slowed polling down, by kind.",
    labels: ["bot", "trouble"],
  })
  for (const trouble of Object.keys(troubles)) setbacks.series("", trouble)
  const early = registry.counter({
    name: "sounder_polling_acknowledged_early_total",
    help: "Updates that polling acknowledged before they were handled, to reach later ones.",
    labels: ["bot"],
  })
  return [
    pollingAcknowledgedEarly.subscribe(({ botId, count }) => {
      early.series(bots.label(botId)).value += count
    }),
    pollingFetched.subscribe(({ botId }) => {
      answers.series(bots.label(botId)).value += 1
    }),
    pollingSetback.subscribe(({ botId, trouble }) => {
      setbacks.series(bots.label(botId), trouble).value += 1
    }),
  ]
}

function watchRegistrations(registry: Registry, bots: BotLabel): (() => void)[] {
  const set = registry.counter({
    name: "sounder_webhook_registrations_total",
    help: "Registrations of the webhook at Telegram.",
    labels: ["bot"],
  })
  const changed = registry.counter({
    name: "sounder_webhook_registration_changes_total",
    help: "Changes of the registration by another program.",
    labels: ["bot"],
  })
  const failed = registry.counter({
    name: "sounder_webhook_delivery_failures_total",
    help: "Failed deliveries that getWebhookInfo reported; Telegram reports only its last failure.",
    labels: ["bot"],
  })
  const counted = [
    [registrationSet, set],
    [registrationChanged, changed],
    [deliveryFailed, failed],
  ] as const
  for (const [, family] of counted) family.series("")
  return counted.map(([channel, family]) =>
    channel.subscribe(({ botId }: { readonly botId: number }) => {
      family.series(bots.label(botId)).value += 1
    }),
  )
}

function watchCertificates(registry: Registry): (() => void)[] {
  const expiry = registry.gauge({
    name: "sounder_certificate_expiry_timestamp_seconds",
    help: "Expiry of the certificate that is served for a host, in Unix time.",
    labels: ["host"],
  })
  const failures = registry.counter({
    name: "sounder_certificate_failures_total",
    help: "Certificates that could not be loaded or renewed; the previous one stayed in use.",
  })
  failures.series()
  const setExpiry = ({ hosts, notAfter }: CertificateLoaded) => {
    expiry.series(hosts[0] ?? "unnamed").value = notAfter.getTime() / 1000
  }
  for (const loaded of certificateLoaded.known) setExpiry(loaded)
  return [
    certificateLoaded.subscribe(setExpiry),
    certificateFailed.subscribe(() => {
      failures.series().value += 1
    }),
  ]
}
