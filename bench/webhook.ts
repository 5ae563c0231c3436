/**
 * Measures a webhook over HTTP: updates per second over 40 keep-alive connections, Sounder's server
 * (with queue and dispatcher with two handlers) against a bare `node:http` server, alternating.
 * Prints a line of JSON for each measurement; `ratio` is the median of Sounder's server over the median of the bare
 * server. `cpuRatio` is the same for the CPU time per update, which other load on the machine disturbs less. The other
 * lines are the 99th percentile of the time to an answer and the RSS at the end of a load: lower values are better.
 *
 * @module
 */
import { compare, end, median, type Round, serverOf } from "./webhook-load.js"

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
printLower("webhook: 99th percentile of an answer", 1.25, ({ answerMs }) => answerMs)
printLower("webhook: RSS under load", 1.3, ({ rssMb = Number.NaN }) => rssMb)
end(ours, bare)

/** Prints a value of both servers, of which Sounder's may be at most `target` times the bare server's. */
function printLower(name: string, target: number, of: (round: Round) => number): void {
  const [oursValue, bareValue] = [
    median(rounds.map(({ one }) => of(one))),
    median(rounds.map(({ other }) => of(other))),
  ]
  const ratio = median(rounds.map(({ one, other }) => of(one) / of(other)))
  console.log(JSON.stringify({ name, ratio, target, ours: oursValue, bare: bareValue }))
}
