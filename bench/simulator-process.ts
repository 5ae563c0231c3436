/**
 * The simulator as the package ships it, with one bot and 100 people, in a process of its own. It
 * sends its parent the address and the token. When the parent sends a number, the people write this
 * number of messages, a few in each turn of the event loop.
 */
import { Simulator } from "@sounder/simulator"

const telegram = await Simulator.start({ local: true })
const bot = telegram.bot({ username: "bench_bot" })
const people = Array.from({ length: 100 }, () => telegram.user({ first_name: "Ada" }))

process.on("message", (count) => void write(Number(count)))
process.send?.({ apiRoot: telegram.apiRoot, token: bot.token })

async function write(count: number): Promise<void> {
  for (let written = 0; written < count; written += people.length) {
    for (const person of people) await person.send(bot, "Hello, this is a usual text.")
    await new Promise(setImmediate)
  }
}
