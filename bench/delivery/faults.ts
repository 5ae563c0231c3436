import { setTimeout as sleep } from "node:timers/promises"
import type { Simulator } from "@sounder/simulator"
import type { Random } from "../../simulator/src/ground/random.js"
import type { BotProcess } from "./bot-process.js"
import type { Mode } from "./contenders.js"
import type { CuttableProxy } from "./cuttable-proxy.js"
import type { Sent } from "./judge.js"

/** The parts of a run that a fault can act on. */
export interface FaultTarget {
  readonly bot: BotProcess
  /** Starts a second process of the bot, as on another machine. */
  readonly startAnother: () => BotProcess
  /** The proxies from Telegram to the bot and back; empty unless the fault has `hasNetwork`. */
  readonly network: readonly CuttableProxy[]
  readonly random: Random
  /** The time during which updates arrive, in milliseconds. */
  readonly arrivalMs: number
  /** The duration of an outage, in milliseconds. */
  readonly outageMs: number
}

/** A fault, which is a column of the table. */
export interface Fault {
  /** The name in the option `--faults`. */
  readonly name: string
  /** The name in the table. */
  readonly title: string
  /** The modes in which the fault can happen. Default: both. */
  readonly modes?: readonly Mode[]
  /** Whether the connections between bot and Telegram pass proxies that can be cut. */
  readonly hasNetwork?: boolean
  /** Whether one chat has updates that take 30 s. */
  readonly slowChat?: boolean
  /** The number of updates per thousand that Telegram sends a second time. */
  readonly repeated?: number
  /** Whether the bot is never down, so that any delay comes from another chat. */
  readonly isAlwaysUp?: boolean
  /** Injects the fault while updates arrive. */
  readonly inject?: (target: FaultTarget) => Promise<void>
}

/** All faults, in the order of the table. */
export const faults: readonly Fault[] = [
  { name: "none", title: "nothing", isAlwaysUp: true },
  { name: "kill", title: "kill -9, restarted", inject: kill },
  { name: "deploy", title: "deploy (SIGTERM)", inject: deploy },
  { name: "slow-chat", title: "a chat takes 30 s", slowChat: true, isAlwaysUp: true },
  { name: "cuts", title: "network cuts", hasNetwork: true, inject: cuts },
  { name: "duplicates", title: "duplicates", repeated: 10, isAlwaysUp: true },
  { name: "second-poller", title: "a second poller", modes: ["polling"], inject: secondPoller },
  { name: "outage", title: "2-minute outage", hasNetwork: true, inject: outage },
]

async function kill({ bot, random, arrivalMs }: FaultTarget): Promise<void> {
  await sleep(random.integer(0.2 * arrivalMs, 0.8 * arrivalMs))
  await bot.kill()
}

async function deploy({ bot, random, arrivalMs }: FaultTarget): Promise<void> {
  await sleep(random.integer(0.2 * arrivalMs, 0.8 * arrivalMs))
  await bot.deploy()
}

async function cuts({ network, random, arrivalMs }: FaultTarget): Promise<void> {
  const end = performance.now() + arrivalMs
  while (performance.now() < end) {
    await sleep(random.integer(300, 1500))
    for (const proxy of network) proxy.cut()
  }
}

async function secondPoller({ startAnother, random, arrivalMs }: FaultTarget): Promise<void> {
  await sleep(random.integer(0.2 * arrivalMs, 0.5 * arrivalMs))
  const other = startAnother()
  await sleep(10_000)
  await other.stop()
}

async function outage({ network, random, arrivalMs, outageMs }: FaultTarget): Promise<void> {
  await sleep(random.integer(0.2 * arrivalMs, 0.5 * arrivalMs))
  for (const proxy of network) proxy.down()
  await sleep(outageMs)
  for (const proxy of network) proxy.isDown = false
}

/**
 * A sender of repeats: Telegram sends some updates a second time, a while after the first. It
 * repeats only acknowledged updates, because it never repeats an update before it has sent all
 * earlier ones.
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

  /** Handles a new update: an earlier one may be repeated now. */
  pushed(sent: readonly Sent[]): void {
    if (this.#random.integer(0, 999) >= this.#perThousand) return
    const earlier = sent.at(-this.#random.integer(100, 900))
    if (earlier?.forgottenAt !== undefined) this.#bot.redeliver(earlier.update)
  }
}
