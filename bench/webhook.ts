/**
 * Measures a webhook over HTTP: updates per second over 40 keep-alive connections, Sounder's server
 * (with queue and dispatcher with two handlers) against a bare `node:http` server, alternating.
 * Prints one line of JSON; `ratio` is the median of Sounder's server over the median of the bare server,
 * `cpuRatio` the same for the CPU time per update, which other load on the machine disturbs less.
 *
 * @module
 */
import { compare, end, median, serverOf } from "./webhook-load.js"

const ours = await serverOf("ours")
const bare = await serverOf("bare")
const rounds = await compare(ours, bare)
console.log(
  JSON.stringify({
    name: "webhook",
    ratio: median(rounds.map(({ one, other }) => one.perSecond / other.perSecond)),
    target: 0.9,
    cpuRatio: median(rounds.map(({ one, other }) => other.cpuUs / one.cpuUs)),
    oursPerSecond: Math.round(median(rounds.map(({ one }) => one.perSecond))),
    barePerSecond: Math.round(median(rounds.map(({ other }) => other.perSecond))),
    oursCpuUs: median(rounds.map(({ one }) => one.cpuUs)),
    bareCpuUs: median(rounds.map(({ other }) => other.cpuUs)),
  }),
)
end(ours, bare)
