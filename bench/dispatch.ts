/**
 * Measures a dispatch with 10 and with 1,000 commands of which the last one matches. Prints the
 * nanoseconds and their ratio.
 *
 * @module
 */
import { Bot } from "../src/bot/index.js"
import { Dispatcher } from "../src/dispatch/index.js"
import type { Update } from "../src/telegram/types.js"

const bot = new Bot("1:a")
const dispatches = 100_000

const few = dispatcherWith(10)
const many = dispatcherWith(1_000)
await nanosecondsEach(few, 10)
await nanosecondsEach(many, 1_000)

const rounds = []
for (let round = 0; round < 13; round++) {
  rounds.push({ few: await nanosecondsEach(few, 10), many: await nanosecondsEach(many, 1_000) })
}
const ns10 = Math.min(...rounds.map((round) => round.few))
const ns1000 = Math.min(...rounds.map((round) => round.many))
const us = ns1000 / 1_000
const ratio = Number((ns1000 / ns10).toFixed(2))
console.log(JSON.stringify({ name: "dispatch, 1,000 commands", target: 2, us, ns: ns1000 }))
console.log(JSON.stringify({ name: "dispatch, 1,000 to 10", target: 1.5, ratio, ns10, ns1000 }))

function dispatcherWith(commands: number): Dispatcher {
  const dispatcher = new Dispatcher({ bot })
  for (let index = 0; index < commands; index++) dispatcher.command(`command${index}`, () => {})
  return dispatcher
}

async function nanosecondsEach(dispatcher: Dispatcher, commands: number): Promise<number> {
  const update = commandUpdate(`/command${commands - 1}`)
  const start = performance.now()
  for (let count = 0; count < dispatches; count++) await dispatcher.process(update)
  return Math.round(((performance.now() - start) * 1e6) / dispatches)
}

function commandUpdate(text: string): Update {
  const from = { id: 7, is_bot: false, first_name: "Ada" }
  const chat = { id: 7, type: "private" as const, first_name: "Ada" }
  const entities = [{ type: "bot_command" as const, offset: 0, length: text.length }]
  return { update_id: 1, message: { message_id: 1, date: 1, chat, from, text, entities } }
}
