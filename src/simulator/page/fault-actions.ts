import type { Fault } from "../api/fault.js"
import { SimulatedBot } from "../simulated-bot.js"
import type { ActionTable, PageAction } from "./page-action.js"

/** What goes wrong on demand. */
export const faultActions: ActionTable = {
  fault,
  clearFaults,
  restartWebhook,
  pollFromElsewhere,
  redeliver,
  restartUpdateIds,
}

const faults: Readonly<Record<string, Fault>> = {
  "429": { retryAfter: 5 },
  "401": { status: 401 },
  "500": { status: 500 },
  "502": { html: 502 },
  cut: "cut",
  refuse: "refuse",
  silence: "silence",
}

const maxTimes = 1000

function fault({ input, parts }: PageAction): object {
  const name = input.text("fault")
  const chosen = Object.hasOwn(faults, name) ? faults[name] : undefined
  if (chosen === undefined) throw new TypeError("There is no such fault")
  const times = Math.min(Math.max(input.integer("times"), 1), maxTimes)
  parts.faults.add(input.optionalText("method") ?? "*", chosen, times)
  return {}
}

function clearFaults({ parts }: PageAction): object {
  parts.faults.clear()
  return {}
}

function restartWebhook(action: PageAction): object {
  bot(action).restartWebhook()
  return {}
}

function restartUpdateIds(action: PageAction): object {
  bot(action).restartUpdateIds()
  return {}
}

// It waits as a real one does; what comes of it is seen on the wire.
function pollFromElsewhere(action: PageAction): object {
  const { world } = action.parts
  if (world.bots.get(bot(action).id)?.webhook !== undefined) {
    throw new TypeError("A bot with a webhook cannot be polled: delete its webhook first")
  }
  bot(action)
    .pollFromElsewhere()
    .catch(() => {})
  return {}
}

function redeliver(action: PageAction): object {
  bot(action).redeliver(action.input.integer("update"))
  return {}
}

function bot({ input, parts }: PageAction): SimulatedBot {
  const account = parts.world.bots.get(input.integer("bot"))
  if (account === undefined) throw new TypeError("There is no such bot")
  return new SimulatedBot(account)
}
