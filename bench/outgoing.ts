/**
 * Measures outgoing calls, 50 at a time: a bot and a bare undici pool, alternating, against the
 * same server in another process. Prints one line of JSON; `ratio` is the bot's rate over the
 * pool's.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Pool } from "undici"
import { Bot } from "../src/bot/index.js"

const atOnce = 50
const calls = 1000
const rounds = 31
const token = "123456:AAF-kJ3_abcdefghijklmnopqrstuvwxyz1"
const message = { chat_id: 42, text: "Hello, this is a message of the usual length." }

async function run(call: () => Promise<unknown>): Promise<number> {
  let remaining = calls
  const worker = async () => {
    while (remaining-- > 0) await call()
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: atOnce }, worker))
  return calls / ((performance.now() - start) / 1000)
}

const server = spawn(process.execPath, [
  fileURLToPath(new URL("outgoing-server.js", import.meta.url)),
])
const [apiRoot] = String((await once(server.stdout, "data"))[0]).split("\n")
const pool = new Pool(apiRoot ?? "", { connections: atOnce })
const bot = new Bot(token, { apiRoot })

const bare = async () => {
  const { body } = await pool.request({
    path: `/bot${token}/sendMessage`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
  })
  await body.json()
}
const ours = () => bot.sendMessage(message)

for (let round = 0; round < 4; round += 1) {
  await run(bare)
  await run(ours)
}
const found: { pool: number; bot: number }[] = []
for (let round = 0; round < rounds; round += 1) {
  // The order alternates, so that neither profits from its position.
  const first = round % 2 === 0
  const one = await run(first ? bare : ours)
  const other = await run(first ? ours : bare)
  found.push(first ? { pool: one, bot: other } : { pool: other, bot: one })
}
found.sort((one, other) => one.bot / one.pool - other.bot / other.pool)
const median = found[Math.floor(rounds / 2)] ?? { pool: Number.NaN, bot: Number.NaN }
console.log(
  JSON.stringify({
    name: "outgoing",
    ratio: Number((median.bot / median.pool).toFixed(3)),
    target: 0.8,
    botPerSecond: Math.round(median.bot),
    poolPerSecond: Math.round(median.pool),
  }),
)

await bot[Symbol.asyncDispose]()
await pool.close()
server.kill()
