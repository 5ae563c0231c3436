import { outboxRefused, outboxUnsure } from "../events/index.js"
import type { BotLabel } from "./labels.js"
import type { Registry } from "./registry.js"

/**
 * Counts the promised calls with an unknown outcome, and those that Telegram refused. Returns the functions that
 * unsubscribe from the events.
 */
export function watchOutbox(registry: Registry, bots: BotLabel): (() => void)[] {
  const unsure = registry.counter({
    name: "sounder_outbox_unsure_total",
    help: "Promised calls that Telegram may or may not have carried out, by the call's rule for this case: repeat or skip.",
    labels: ["bot", "rule"],
  })
  const refused = registry.counter({
    name: "sounder_outbox_refused_total",
    help: "Promised calls that Telegram refused, and that were dropped.",
    labels: ["bot"],
  })
  // Each series starts at 0, so that Prometheus sees the first event as an increase.
  for (const rule of ["repeat", "skip"]) unsure.series("", rule)
  refused.series("")
  return [
    outboxUnsure.subscribe(({ botId, rule }) => {
      unsure.series(bots.label(botId), rule).value += 1
    }),
    outboxRefused.subscribe(({ botId }) => {
      refused.series(bots.label(botId)).value += 1
    }),
  ]
}
