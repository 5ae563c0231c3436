import { errorName, isError } from "../ground/error-text.js"
import { botCall, botCalled, botWaiting } from "../events/index.js"
import { SounderError } from "../telegram/errors.js"
import { type BotLabel, methodLabel } from "./labels.js"
import type { Registry } from "./registry.js"

/** The upper bounds of the histogram of call durations, in seconds. */
const bounds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Counts and times the calls to Telegram. Returns the functions that unsubscribe from the events. */
export function watchCalls(registry: Registry, bots: BotLabel): (() => void)[] {
  const calls = registry.counter({
    name: "sounder_bot_calls_total",
    help: "Calls of Bot API methods, by method and outcome: ok, or the code of an error.",
    labels: ["bot", "method", "outcome"],
  })
  const inFlight = registry.gauge({
    name: "sounder_bot_calls_in_flight",
    help: "Calls that Telegram has not answered yet, except getUpdates.",
    labels: ["bot"],
  })
  const duration = registry.histogram({
    name: "sounder_bot_call_duration_seconds",
    help: "Time that calls took, waits for retry_after included; except getUpdates.",
    labels: ["bot", "method"],
    bounds,
  })
  const waited = registry.counter({
    name: "sounder_bot_wait_seconds_total",
    help: "Time that calls have waited because of retry_after.",
    labels: ["bot"],
  })
  waited.series("")
  return [
    botCall.subscribe(({ botId, method }) => {
      if (method !== "getUpdates") inFlight.series(bots.label(botId)).value += 1
    }),
    botCalled.subscribe((call) => {
      const bot = bots.label(call.botId)
      const method = methodLabel(call.method)
      calls.series(bot, method, "error" in call ? outcomeOf(call.error) : "ok").value += 1
      if (call.method === "getUpdates") return
      const gauge = inFlight.series(bot)
      gauge.value = Math.max(0, gauge.value - 1)
      duration.series(bot, method).observe(call.durationMs / 1000)
    }),
    botWaiting.subscribe(({ botId, waitMs }) => {
      waited.series(bots.label(botId)).value += waitMs / 1000
    }),
  ]
}

function outcomeOf(error: unknown): string {
  if (isError(error) && error instanceof SounderError) return error.code
  return errorName(error) === "AbortError" ? "aborted" : "failed"
}
