/**
 * Measures conversations: the cost of an update in a dialog of 1,000 states as a ratio to one of 10 states, and the
 * cost of an answer to a script at its 500th turn as a ratio to the 10th, with `talk.again` at each turn. For
 * comparison, the bench also measures a script without `talk.again`, whose record grows.
 *
 * The cost is processor time, which hardly depends on other programs. Rounds alternate, and the cheapest counts.
 *
 * @module
 */
import { Bot } from "../src/bot/index.js"
import { Conversation, ScriptedConversation } from "../src/conversation/index.js"
import { Dispatcher, filters } from "../src/dispatch/index.js"
import { MemoryQueue } from "../src/queue/index.js"

process.env.NODE_ENV = "production"

const rounds = 5
const chats = 20
const bot = new Bot("1:a", {
  onCall: async () => ({ message_id: 1, date: 1, text: "x".repeat(100) }),
})
let lastId = 0

/** A conversation that can be mounted. */
interface Mounted {
  mount(dispatcher: Dispatcher): unknown
}

/** Returns the processor time of an answer in microseconds, after some turns of the dialogs of 20 chats. */
async function costOf(conversation: Mounted, turns: readonly number[]): Promise<number[]> {
  await using queue = new MemoryQueue()
  const dispatcher = new Dispatcher({ bot, queue })
  conversation.mount(dispatcher)
  dispatcher.start()
  const say = async (text: string) => {
    for (let chat = 1; chat <= chats; chat++) await queue.put(incoming(chat, text))
  }
  await say("/go")
  const costs: number[] = []
  for (let turn = 1; turn <= Math.max(...turns); turn++) {
    const start = process.cpuUsage()
    await say("An answer.")
    const { user, system } = process.cpuUsage(start)
    if (turns.includes(turn)) costs.push((user + system) / chats)
  }
  await dispatcher.stop()
  return costs
}

function incoming(chat: number, text: string) {
  const person = { id: chat, first_name: "Ada", last_name: "Lovelace", username: "ada_lovelace" }
  const entities = text === "/go" ? [{ type: "bot_command" as const, offset: 0, length: 3 }] : []
  const message = {
    message_id: (lastId += 1),
    date: 1_700_000_000,
    chat: { ...person, type: "private" as const },
    from: { ...person, is_bot: false, language_code: "en" },
    text,
    entities,
  }
  return { botId: 1, update: { update_id: lastId, message } }
}

/** Returns a conversation of a number of states, two of which answer each other. */
function ofStates(count: number): Mounted {
  const states = Array.from({ length: count }, (_, index) => `state ${index}`)
  const conversation = new Conversation("states", { states })
  conversation.entryPoints.command("go", (ctx) => ctx.dialog.enter(`state ${count - 1}`))
  for (const [index, state] of states.entries()) {
    const next = states.at(index - 1) ?? state
    conversation.state(state).on(filters.text, (ctx) => ctx.dialog.to(next))
  }
  return conversation
}

/**
 * Returns a script without an end.
 *
 * @param isBegunAgain whether the script begins again at each turn
 */
function scripted(isBegunAgain: boolean): Mounted {
  const script = new ScriptedConversation("script", async (talk, ctx) => {
    for (;;) {
      await talk.waitFor(filters.text)
      await ctx.reply("Next?")
      if (isBegunAgain) return talk.again()
    }
  })
  script.entryPoints.command("go", (ctx) => ctx.dialog.enter())
  return script
}

/** Resolves with the lowest of the costs of several rounds, for each turn. */
async function lowest(
  make: () => Mounted,
  turns: readonly number[],
  count = rounds,
): Promise<number[]> {
  let best = turns.map(() => Infinity)
  for (let round = 0; round < count; round++) {
    const costs = await costOf(make(), turns)
    best = best.map((cost, index) => Math.min(cost, costs[index] ?? Infinity))
  }
  return best
}

function print(
  name: string,
  target: number,
  [base = 0, cost = 0]: number[],
  details: object,
): void {
  console.log(JSON.stringify({ name, target, ratio: Number((base / cost).toFixed(2)), ...details }))
}

const text = (costs: readonly number[]) => `${costs.map((cost) => cost.toFixed(0)).join(" to ")} µs`
const turns = [40, 41, 42, 43, 44, 45, 46, 47, 48, 49]
const [few, many] = [10, 1_000]
const [ofFew, ofMany]: [number[], number[]] = [[], []]
for (let round = 0; round < rounds; round++) {
  ofFew.push(...(await costOf(ofStates(few), turns)))
  ofMany.push(...(await costOf(ofStates(many), turns)))
}
const byStates = [Math.min(...ofFew), Math.min(...ofMany)]
print("conversation: 1,000 states against 10", 0.9, byStates, { cost: text(byStates) })

const withAgain = await lowest(() => scripted(true), [10, 500])
print("conversation: script at turn 500 against 10", 0.9, withAgain, { cost: text(withAgain) })
const growing = await lowest(() => scripted(false), [10, 100, 300], 1)
console.log(`A script without \`again\` at the turns 10, 100 and 300: ${text(growing)} per answer`)
