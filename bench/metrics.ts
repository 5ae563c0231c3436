/**
 * Measures the cost of metrics: updates per second over HTTP, with server, queue and dispatcher,
 * with metrics and without, alternating. Prints one line of JSON; `ratio` is the median with
 * metrics over the median without, `cpuRatio` the same for the CPU time per update.
 *
 * @module
 */
import { compare, end, median, serverOf } from "./webhook-load.js"

const counted = await serverOf("counted")
const ours = await serverOf("ours")
const rounds = await compare(counted, ours)
console.log(
  JSON.stringify({
    name: "webhook with metrics",
    ratio: median(rounds.map(({ one, other }) => one.perSecond / other.perSecond)),
    target: 0.9,
    cpuRatio: median(rounds.map(({ one, other }) => other.cpuUs / one.cpuUs)),
    withPerSecond: Math.round(median(rounds.map(({ one }) => one.perSecond))),
    withoutPerSecond: Math.round(median(rounds.map(({ other }) => other.perSecond))),
    withCpuUs: median(rounds.map(({ one }) => one.cpuUs)),
    withoutCpuUs: median(rounds.map(({ other }) => other.cpuUs)),
  }),
)
end(counted, ours)
