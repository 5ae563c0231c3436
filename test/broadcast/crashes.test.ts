import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Simulator } from "@sounder/simulator"
import { beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { broadcast } from "../../src/broadcast/index.js"
import type { UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { built } from "../support/built.js"
import { stageOfFile } from "../support/postgres-stage.js"
import { requireServer } from "../support/real-servers.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const program = fileURLToPath(new URL("programs/broadcasting-bot.mjs", import.meta.url))
const people = 200
/**
 * The most calls that can be running when a process is killed: 25 per second, each answered after 50 ms, and noted
 * when the store of a loaded machine has time, which may be more than a second later.
 */
const maxRunning = 40
const stage = stageOfFile()
const newPath = pathsIn(temporaryFolder())
beforeAll(built, 900_000)

/** A simulator, people who know the bot, and the messages that they got. */
async function telegramWithPeople() {
  const telegram = await Simulator.start()
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const account = telegram.bot()
  const users = Array.from({ length: people }, () => telegram.user())
  for (const user of users) await user.send(account, "/start")
  telegram.fault("sendMessage", { slowMs: 50 }, 1_000_000)
  /** Withholds the answer to the next message. Resolves after ten more messages. */
  const untilUnanswered = async () => {
    telegram.clearFaults()
    telegram.fault("sendMessage", "silence")
    telegram.fault("sendMessage", { slowMs: 50 }, 1_000_000)
    await untilGot(got.length + 10)
  }
  const got: { readonly chat: number; readonly from: string }[] = []
  const listeners = new Set<() => void>()
  telegram.calls.subscribe(({ method, status, params }) => {
    if (method !== "sendMessage" || status !== 200) return
    got.push({ chat: Number(params["chat_id"]), from: params["text"] ?? "" })
    for (const listener of listeners) listener()
  })
  /** Resolves when a number of messages has arrived. */
  const untilGot = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (got.length < count) return
        listeners.delete(check)
        resolve()
      }
      listeners.add(check)
      check()
    })
  return { telegram, account, ids: users.map(({ id }) => id), got, untilGot, untilUnanswered }
}

/** Starts the bot. Resolves when it is ready. */
async function startBot(settings: { readonly text: string }): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--no-warnings", program, JSON.stringify(settings)], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  })
  await once(child.stdout, "data")
  return child
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  child?.kill("SIGKILL")
  if (child && child.signalCode === null) await once(child, "exit")
}

/** Expects that everybody got the message, and only the people whose calls were running at a kill got it twice. */
function expectOnce(
  { got, ids }: Awaited<ReturnType<typeof telegramWithPeople>>,
  { unsure, kills }: { readonly unsure: number; readonly kills: readonly number[] },
) {
  const places = new Map<number, number[]>()
  for (const [index, { chat }] of got.entries()) {
    places.set(chat, [...(places.get(chat) ?? []), index])
  }
  const inOrder = (all: readonly number[]) => all.toSorted((one, other) => one - other)
  expect(inOrder([...places.keys()])).toEqual(inOrder(ids))
  const twice = [...places.values()].filter(({ length }) => length > 1)
  expect(twice.length).toBeLessThanOrEqual(unsure)
  expect(unsure).toBeLessThanOrEqual(maxRunning * kills.length)
  for (const [first = 0] of twice) {
    // A process makes a few more calls between the moment of the kill and its end.
    const isRunning = kills.some((at) => first >= at - maxRunning && first <= at + maxRunning)
    expect(isRunning).toBe(true)
  }
}

const place = (queue: UpdateQueue, botId: number) => ({ queue, botId })

describe("kill -9 in the middle of a broadcast", () => {
  test("on one machine: only people whose calls were running get the message twice, and they are counted", async () => {
    const world = await telegramWithPeople()
    const { telegram, account, ids, got, untilGot, untilUnanswered } = world
    const store = newPath()
    const settings = { store, token: account.token, apiRoot: telegram.apiRoot }
    const news = broadcast("news")
    {
      await using queue = new SqliteQueue({ path: store })
      await news.start(place(queue, account.id), { id: "first", to: ids })
    }
    const kills: number[] = []
    for (const count of [50, 110]) {
      const child = await startBot({ ...settings, text: `bot ${count}` })
      await untilGot(count)
      await untilUnanswered()
      await kill(child)
      kills.push(got.length)
    }
    const last = await startBot({ ...settings, text: "last" })
    await untilGot(people)
    await untilQuiet(got)
    last.kill("SIGTERM")
    await once(last, "exit")
    await using queue = new SqliteQueue({ path: store })
    const progress = await news.run(place(queue, account.id), "first").progress()
    expect(progress).toMatchObject({ status: "done", sent: people, left: 0 })
    expect(progress?.unsure).toBeGreaterThanOrEqual(kills.length)
    expectOnce(world, { unsure: progress?.unsure ?? 0, kills })
  }, 240_000)

  test("on two machines: the other one goes on, and only people whose calls were running get the message twice", async (context) => {
    requireServer("postgres", context)
    const world = await telegramWithPeople()
    const { telegram, account, ids, got, untilGot, untilUnanswered } = world
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const news = broadcast("news")
    const run = await news.start(place(queue, account.id), { to: ids })
    const url = new URL(stage.server.url)
    url.searchParams.set("schema", schema)
    const settings = { store: url.href, token: account.token, apiRoot: telegram.apiRoot }
    const bots = new Map<string, ChildProcess>()
    for (const text of ["one", "two"]) bots.set(text, await startBot({ ...settings, text }))
    const kills: number[] = []
    for (const count of [50, 110]) {
      await untilGot(count)
      await untilUnanswered()
      const sender = got.at(-1)?.from ?? ""
      await kill(bots.get(sender))
      kills.push(got.length)
      bots.delete(sender)
      if (kills.length === 1) bots.set("three", await startBot({ ...settings, text: "three" }))
    }
    let progress = await run.progress()
    for (; progress?.status !== "done"; progress = await run.progress()) await nextMessage(telegram)
    expect(progress).toMatchObject({ status: "done", sent: people, left: 0 })
    expect(progress.unsure).toBeGreaterThan(0)
    expect(new Set(got.map(({ from }) => from)).size).toBeGreaterThan(1)
    expectOnce(world, { unsure: progress.unsure, kills })
  }, 240_000)
})

/** Resolves with the next call of a bot, or after a second. */
async function nextMessage(telegram: Simulator): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = telegram.calls.subscribe(() => finish())
    const timer = setTimeout(() => finish(), 1_000)
    const finish = () => {
      clearTimeout(timer)
      end()
      resolve()
    }
  })
}

/** Resolves when no message has arrived for a second. */
async function untilQuiet(got: readonly unknown[]): Promise<void> {
  for (let count = -1; count !== got.length;) {
    count = got.length
    await new Promise((resolve) => void setTimeout(resolve, 1_000))
  }
}
