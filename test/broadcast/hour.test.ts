import { Simulator } from "@sounder/simulator"
import { expect, onTestFinished, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { broadcast } from "../../src/broadcast/index.js"
import { Dispatcher } from "../../src/dispatch/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { moveClock } from "../support/moved-clock.js"

const people = 9_800
const groups = 200
/** The milliseconds between two answers. */
const answerEveryMs = 700

test("an hour with a broadcast to 10,000 chats and answers in between has no 429, at 0.95 of the permitted speed", async () => {
  const clock = moveClock()
  await using telegram = await Simulator.start({ limits: true })
  const account = telegram.bot()
  const users = Array.from({ length: people + 100 }, () => telegram.user())
  for (const user of users) await user.send(account, "/start")
  const owner = users.at(-1)!
  const inGroups = Array.from({ length: groups }, (_, index) =>
    telegram.group({ title: `Group ${index}` }, owner, account),
  )
  const readers = users.slice(people).map(({ id }) => id)
  // Groups are spread over the list.
  const to = users.slice(0, people).flatMap(({ id }, index) => {
    const group = index % 49 === 0 ? inGroups[index / 49] : undefined
    return group ? [id, group.id] : [id]
  })
  expect(to).toHaveLength(10_000)
  const counts = { refused: 0, answers: 0, slowest: 0 }
  const sent: number[] = []
  let lastAt = 0
  telegram.calls.subscribe(({ status, params, at }) => {
    if (status === 429) counts.refused += 1
    if (status === 200 && params["text"] === "News") {
      sent.push(Number(params["chat_id"]))
      lastAt = at
    }
  })
  const { apiRoot } = telegram
  await using queue = new MemoryQueue()
  const bot = new Bot(account.token, { apiRoot, logger: silentLogger, transport: clock.transport })
  const dispatcher = new Dispatcher({ bot, queue, logger: silentLogger })
  onTestFinished(async () => void (await dispatcher.stop({ deadlineMs: 0 })))
  const news = broadcast("news")
  news.handle(dispatcher, () => ({ method: "sendMessage", params: { text: "News" } }))
  dispatcher.start()
  const run = await news.start({ queue, botId: bot.id }, { to })
  const begun = Date.now()
  // Answers to people who read the message, to others, and to groups.
  const answer = async (chat: number) => {
    const asked = Date.now()
    await bot.sendMessage({ chat_id: chat, text: "Answer" })
    counts.answers += 1
    counts.slowest = Math.max(counts.slowest, Date.now() - asked)
  }
  const answered: Promise<void>[] = []
  let answersDuring = 0
  for (let count = 0; clock.passedMs < 3_600_000; count += 1) {
    const chats = [sent.at(-50), readers[count % 100], inGroups[count % groups]?.id]
    answered.push(answer(chats[count % 3] ?? owner.id))
    const isSending = sent.length < 10_000
    if (isSending) answersDuring += 1
    await clock.advance(isSending ? answerEveryMs : 60_000)
  }
  await clock.until(Promise.all(answered))
  expect(await run.progress()).toMatchObject({ status: "done", sent: 10_000, left: 0, unsure: 0 })
  expect(new Set(sent).size).toBe(10_000)
  expect(counts.refused).toBe(0)
  // Telegram permits 30 messages per second, of which the answers need a part.
  const permitted = ((lastAt - begun) / 1_000) * 30 - answersDuring
  const share = 10_000 / permitted
  expect(share).toBeGreaterThanOrEqual(0.95)
  // An answer waits for the next free place, or a second after a message to the same chat.
  expect(counts.slowest).toBeLessThanOrEqual(1_100)
}, 900_000)
