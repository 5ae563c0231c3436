import {
  updateHandled,
  updateHandling,
  updatePut,
  updateRetried,
  updateSetAside,
  type UpdateEvent,
  updateSettled,
  updateStale,
} from "../events/index.js"
import { updateDate } from "../telegram/update-facts.js"
import { type BotLabel, typeLabel } from "./labels.js"
import type { Registry } from "./registry.js"

/** Bounds in seconds, up to the longest time that Telegram waits for an answer. */
const putBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const handleBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
/**
 * Bounds in seconds: Telegram's dates are whole seconds, and Telegram keeps an update for a day.
 */
const lagBounds = [1, 2, 5, 10, 30, 60, 300, 1800, 7200, 21_600, 86_400]

/** Counts puts and handlings of updates. Returns the functions that unsubscribe from the events. */
export function watchUpdates(registry: Registry, bots: BotLabel): (() => void)[] {
  return [
    ...watchPuts(registry, bots),
    ...watchHandlings(registry, bots),
    ...watchFailures(registry, bots),
  ]
}

function watchPuts(registry: Registry, bots: BotLabel): (() => void)[] {
  const received = registry.counter({
    name: "sounder_updates_received_total",
    help: "Updates put into a queue, repeats included.",
    labels: ["bot", "type"],
  })
  const duplicates = registry.counter({
    name: "sounder_updates_duplicate_total",
    help: "Updates that the queue recognized as repeats.",
    labels: ["bot", "type"],
  })
  const refused = registry.counter({
    name: "sounder_updates_refused_total",
    help: "Updates that a queue refused, by reason; Telegram sends them again.",
    labels: ["bot", "reason"],
  })
  const pending = registry.gauge({
    name: "sounder_puts_in_flight",
    help: "Updates put into a queue and not yet acknowledged to Telegram.",
    labels: ["bot"],
  })
  const duration = registry.histogram({
    name: "sounder_put_duration_seconds",
    help: "Time from putting an update until it was acknowledged or refused.",
    labels: ["bot"],
    bounds: putBounds,
  })
  const lag = registry.histogram({
    name: "sounder_update_lag_seconds",
    help: "Time from an update's date until it arrived; only updates that have a date.",
    labels: ["bot"],
    bounds: lagBounds,
  })
  return [
    updatePut.subscribe(({ botId, update, type }) => {
      const bot = bots.label(botId)
      received.series(bot, typeLabel(type)).value += 1
      pending.series(bot).value += 1
      const date = updateDate(update)
      if (date !== undefined) lag.series(bot).observe(Math.max(0, Date.now() / 1000 - date))
    }),
    updateSettled.subscribe(({ botId, type, outcome, durationMs, isRepeated }) => {
      const bot = bots.label(botId)
      decrement(pending.series(bot))
      duration.series(bot).observe(durationMs / 1000)
      if (isRepeated) duplicates.series(bot, typeLabel(type)).value += 1
      if (outcome !== "taken") refused.series(bot, outcome).value += 1
    }),
  ]
}

function watchHandlings(registry: Registry, bots: BotLabel): (() => void)[] {
  const handled = registry.counter({
    name: "sounder_updates_handled_total",
    help: "Updates that were handled, by outcome.",
    labels: ["bot", "type", "outcome"],
  })
  const redelivered = registry.counter({
    name: "sounder_updates_redelivered_total",
    help: "Updates that were handled again, after a retry or a crash.",
    labels: ["bot", "type"],
  })
  const running = registry.gauge({
    name: "sounder_handlers_in_flight",
    help: "Updates whose handlers are running.",
    labels: ["bot"],
  })
  const duration = registry.histogram({
    name: "sounder_handle_duration_seconds",
    help: "Time that the handlers of an update took.",
    labels: ["bot", "type"],
    bounds: handleBounds,
  })
  return [
    updateHandling.subscribe(({ botId, type, attempt }) => {
      const bot = bots.label(botId)
      running.series(bot).value += 1
      if (attempt > 1) redelivered.series(bot, typeLabel(type)).value += 1
    }),
    updateHandled.subscribe(({ botId, type, outcome, durationMs }) => {
      const bot = bots.label(botId)
      const label = typeLabel(type)
      decrement(running.series(bot))
      handled.series(bot, label, outcome).value += 1
      duration.series(bot, label).observe(durationMs / 1000)
    }),
  ]
}

function watchFailures(registry: Registry, bots: BotLabel): (() => void)[] {
  const retried = registry.counter({
    name: "sounder_updates_retried_total",
    help: "Updates that went back to their lane for another attempt.",
    labels: ["bot"],
  })
  const setAside = registry.counter({
    name: "sounder_updates_set_aside_total",
    help: "Updates that were set aside.",
    labels: ["bot"],
  })
  const stale = registry.counter({
    name: "sounder_updates_stale_total",
    help: "Updates that were dropped because Telegram no longer accepts an answer to them.",
    labels: ["bot"],
  })
  const counted = [
    [updateRetried, retried],
    [updateSetAside, setAside],
    [updateStale, stale],
  ] as const
  // Each series starts at 0, so that Prometheus sees the first event as an increase.
  for (const [, family] of counted) family.series("")
  return counted.map(([channel, family]) =>
    channel.subscribe(({ botId }: UpdateEvent) => {
      family.series(bots.label(botId)).value += 1
    }),
  )
}

/** Lowers a gauge, but not below 0: work that began before the counting also ends. */
function decrement(gauge: { value: number }): void {
  gauge.value = Math.max(0, gauge.value - 1)
}
