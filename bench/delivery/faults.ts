import { setTimeout as sleep } from "node:timers/promises"
import type { Simulator } from "@sounder/simulator"
import type { Random } from "../../simulator/src/ground/random.js"
import type { BotProcess } from "./bot-process.js"
import type { Mode } from "./contenders.js"
import type { CuttableProxy } from "./cuttable-proxy.js"
import type { Sent } from "./judge.js"

/** What a fault can reach. */
export interface Scene {
  readonly bot: BotProcess
  /** Starts the bot a second time, as if it ran elsewhere too. */
  readonly startAnother: () => BotProcess
  /** The ways from Telegram to the bot and back; none unless the fault asks for them. */
  readonly network: readonly CuttableProxy[]
  readonly random: Random
  /** How long the updates come, in milliseconds. */
  readonly arrivalMs: number
  /** How long an outage lasts, in milliseconds. */
  readonly outageMs: number
}

/** Something that goes wrong, a row of the table. */
export interface Fault {
  /** As `--faults` names it. */
  readonly name: string
  /** As the table names it. */
  readonly title: string
  /** In which modes it can happen; both by default. */
  readonly modes?: readonly Mode[]
  /** Whether the ways between the bot and Telegram can be cut. */
  readonly hasNetwork?: boolean
  /** Whether a chat has updates that take 30 s. */
  readonly slowChat?: boolean
  /** How many updates in a thousand Telegram sends a second time. */
  readonly repeated?: number
  /** Whether the bot is there all the time, so that a delay is the work of another chat. */
  readonly isAlwaysUp?: boolean
  /** What is done while updates come. */
  readonly happen?: (scene: Scene) => Promise<void>
}

/** All of them, in the order of the table. */
export const faults: readonly Fault[] = [
  { name: "none", title: "nothing", isAlwaysUp: true },
  { name: "kill", title: "kill -9, restarted", happen: kill },
  { name: "deploy", title: "deploy (SIGTERM)", happen: deploy },
  { name: "slow-chat", title: "a chat takes 30 s", slowChat: true, isAlwaysUp: true },
  { name: "cuts", title: "network cuts", hasNetwork: true, happen: cuts },
  { name: "duplicates", title: "duplicates", repeated: 10, isAlwaysUp: true },
  { name: "second-poller", title: "a second poller", modes: ["polling"], happen: secondPoller },
  { name: "outage", title: "2-minute outage", hasNetwork: true, happen: outage },
]

async function kill({ bot, random, arrivalMs }: Scene): Promise<void> {
  await sleep(random.integer(0.2 * arrivalMs, 0.8 * arrivalMs))
  await bot.kill()
}

async function deploy({ bot, random, arrivalMs }: Scene): Promise<void> {
  await sleep(random.integer(0.2 * arrivalMs, 0.8 * arrivalMs))
  await bot.deploy()
}

async function cuts({ network, random, arrivalMs }: Scene): Promise<void> {
  const end = performance.now() + arrivalMs
  while (performance.now() < end) {
    await sleep(random.integer(300, 1500))
    for (const way of network) way.cut()
  }
}

async function secondPoller({ startAnother, random, arrivalMs }: Scene): Promise<void> {
  await sleep(random.integer(0.2 * arrivalMs, 0.5 * arrivalMs))
  const other = startAnother()
  await sleep(10_000)
  await other.stop()
}

async function outage({ network, random, arrivalMs, outageMs }: Scene): Promise<void> {
  await sleep(random.integer(0.2 * arrivalMs, 0.5 * arrivalMs))
  for (const way of network) way.down()
  await sleep(outageMs)
  for (const way of network) way.isDown = false
}

/**
 * Telegram sends some updates a second time, a while after the first. Only such as it was told to
 * forget: it never sends an update for the second time before it has sent those before it.
 */
export class Repeater {
  readonly #bot: ReturnType<Simulator["bot"]>
  readonly #random: Random
  readonly #perThousand: number

  constructor(bot: ReturnType<Simulator["bot"]>, random: Random, perThousand: number) {
    this.#bot = bot
    this.#random = random
    this.#perThousand = perThousand
  }

  /** An update has come into being: one of those before it may come again. */
  pushed(sent: readonly Sent[]): void {
    if (this.#random.integer(0, 999) >= this.#perThousand) return
    const earlier = sent.at(-this.#random.integer(100, 900))
    if (earlier?.forgottenAt !== undefined) this.#bot.redeliver(earlier.update)
  }
}
