import { ownValue } from "../ground/own-value.js"
import type { Fault } from "../http/fault.js"
import { SimulatedBot } from "../people/simulated-bot.js"
import type { ActionTable, PageAction } from "./page-action.js"

/** Actions that cause faults. */
export const faultActions: ActionTable = {
  fault,
  removeFault,
  clearFaults,
  restartWebhook,
  pollFromElsewhere,
  redeliver,
  restartUpdateIds,
  setHost,
}

const faults: Readonly<Record<string, Fault>> = {
  "429": { retryAfter: 5 },
  "401": { status: 401 },
  "500": { status: 500 },
  "502": { html: 502 },
  slow: { slowMs: 3000 },
  cut: "cut",
  refuse: "refuse",
  silence: "silence",
}

const maxTimes = 1000

function fault({ input, parts }: PageAction): object {
  const name = input.text("fault")
  const chosen = ownValue(faults, name)
  if (chosen === undefined) throw new TypeError("There is no such fault")
  const times = Math.min(Math.max(input.integer("times"), 1), maxTimes)
  parts.faults.add(input.optionalText("method") ?? "*", chosen, times)
  return {}
}

function removeFault({ input, parts }: PageAction): object {
  parts.faults.remove(input.integer("id"))
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

function setHost({ input, parts }: PageAction): object {
  const host = input.text("host")
  const to = input.text("to")
  if (!/^[^\s:/]+:\d+$/.test(host)) {
    throw new TypeError("Expected a name with its port, as in bot1.example.com:443")
  }
  if (!/^(unknown|unavailable|\S+:\d+)$/.test(to)) {
    throw new TypeError("Expected an address with its port, as in 127.0.0.1:8443")
  }
  parts.world.environment.names.set(host, to)
  return {}
}

// The poll waits like a real one; its result appears in the log of updates and calls.
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
