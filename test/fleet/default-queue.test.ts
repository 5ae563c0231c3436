import { expect, onTestFinished, test } from "vitest"
import { Fleet, type FleetOptions } from "../../src/fleet/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { updateOf } from "../../src/testing/queue-probe.js"
import { deferred, untilTrue } from "../support/waiting.js"

const slowBot = 1_001
const otherBot = 1_002

/** Returns a fleet of two bots whose dispatcher runs. The handlers of one of them end when the test ends. */
async function fleetWithSlowBot(options: FleetOptions) {
  const fleet = new Fleet({ ...options, logger: silentLogger })
  const ended = deferred()
  const begun: number[] = []
  fleet.dispatcher.use(async (ctx) => {
    begun.push(ctx.bot.id)
    if (ctx.bot.id === slowBot) await ended.promise
  })
  fleet.dispatcher.start()
  onTestFinished(async () => {
    ended.resolve()
    await fleet.dispatcher.stop()
    await fleet[Symbol.asyncDispose]()
  })
  for (const id of [slowBot, otherBot]) await fleet.add(`${id}:${"A".repeat(35)}`)
  return { fleet, begun }
}

test.each([
  { options: { concurrency: 8 }, most: 2 },
  { options: { concurrency: 2 }, most: 1 },
  { options: {}, most: 64 },
])(
  "the slow handlers of one bot leave places to the others: $options",
  async ({ options, most }) => {
    const { fleet, begun } = await fleetWithSlowBot(options)
    const puts = Array.from({ length: most + 20 }, (_, index) =>
      fleet.queue.put({ botId: slowBot, update: updateOf(index + 1, index + 1) }),
    )
    await untilTrue(() => begun.length === most)
    await fleet.queue.put({ botId: otherBot, update: updateOf(1, 1) })
    expect(begun.filter((id) => id === slowBot)).toHaveLength(most)
    expect(begun.filter((id) => id === otherBot)).toHaveLength(1)
    void Promise.allSettled(puts)
  },
)
