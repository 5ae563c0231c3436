import { describe, expect, test } from "vitest"
import { Dispatcher, filters, Interrupted } from "../../../src/dispatch/index.js"
import type { PostgresQueue, PostgresQueueOptions } from "../../../src/queue/postgres/index.js"
import { reasonOf, rejectedBy } from "../../support/aborts.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"
import { ada, messageOf, namedBot, textUpdate, updateWith } from "../../support/updates.js"
import { deferred, untilTrue } from "../../support/waiting.js"

const bot = namedBot()

/** Starts a dispatcher with a slow handler and an interrupting `/cancel`. */
function started(queue: PostgresQueue) {
  const dispatcher = new Dispatcher({ bot, queue })
  const [began, seen] = [deferred(), [] as string[]]
  let signal: AbortSignal | undefined
  dispatcher.command("cancel", () => void seen.push("/cancel"), { interrupts: true })
  dispatcher.preCheckoutQuery(() => void seen.push("checkout"))
  dispatcher.inlineQuery(() => void seen.push("inline"))
  dispatcher.stoppedMessageGeneration(() => void seen.push("stopped"))
  dispatcher.on(filters.successfulPayment, () => void seen.push("paid"))
  dispatcher.on(filters.text, (ctx) => {
    signal = ctx.signal
    began.resolve()
    return rejectedBy(ctx.signal)
  })
  dispatcher.start()
  return { dispatcher, began: began.promise, seen, signal: () => signal }
}

describe("a queue with two workers", withPostgres, () => {
  const stage = stageOfFile()

  /** Opens two queues, as two processes have them. */
  async function two(options: Partial<PostgresQueueOptions> = { listen: stage.pool }) {
    const schema = stage.newSchema()
    const settings = { schema, ...options }
    const worker = stage.open(settings)
    await worker.probe()
    const receiver = stage.open({ ...settings, migrate: false })
    const put = (update: ReturnType<typeof textUpdate>, queue = receiver) =>
      queue.put({ botId: bot.id, update })
    const close = async () => {
      await worker[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    }
    return { worker, receiver, put, close, schema }
  }

  test("interrupts the handler of an update when its own process puts the other one", async () => {
    const { worker, put, close } = await two({})
    const { dispatcher, began, seen, signal } = started(worker)
    await put(textUpdate("x"), worker)
    await began
    await put(textUpdate("/cancel"), worker)
    await untilTrue(() => seen.length === 1)
    expect(signal()?.reason).toBeInstanceOf(Interrupted)
    await dispatcher.stop()
    await close()
  })

  test("interrupts a handler at once when a process without a dispatcher puts the update", async () => {
    const { worker, put, close } = await two()
    const { dispatcher, began, seen, signal } = started(worker)
    await put(textUpdate("x"))
    await began
    await put(textUpdate("not a command"))
    const sentMs = performance.now()
    await put(textUpdate("/cancel"))
    await reasonOf(signal() as AbortSignal)
    expect(performance.now() - sentMs).toBeLessThan(1_000)
    expect(signal()?.reason).toMatchObject({ update: { message: { text: "/cancel" } } })
    expect(seen).toEqual([])
    await dispatcher.stop({ deadlineMs: 0 })
    await close()
  })

  test("answers queries and a stop within a second, and the payment waits", async () => {
    const { worker, put, close } = await two()
    const { dispatcher, began, seen } = started(worker)
    await put(textUpdate("x"))
    await began
    await put(updateWith({ message: messageOf({ successful_payment: { currency: "XTR" } }) }))
    const sentMs = performance.now()
    await put(updateWith({ pre_checkout_query: { id: "p", from: ada, currency: "XTR" } }))
    await put(updateWith({ inline_query: { id: "i", from: ada, query: "", offset: "" } }))
    await untilTrue(() => seen.length === 2)
    expect(seen.toSorted()).toEqual(["checkout", "inline"])
    const chat = { id: ada.id, type: "private", first_name: "Ada" }
    await put(updateWith({ stopped_message_generation: { chat, draft_id: 3 } }))
    await untilTrue(() => seen.length === 4)
    expect(performance.now() - sentMs).toBeLessThan(1_000)
    expect(seen.slice(2)).toEqual(["paid", "stopped"])
    await dispatcher.stop()
    await close()
  })

  test("interrupts when a parked update enters its lane", async () => {
    const { worker, receiver, put, close } = await two()
    const { dispatcher, began, seen } = started(worker)
    await put(textUpdate("x"))
    await began
    const parked = receiver.early.park({ botId: bot.id, update: textUpdate("/cancel") })
    await parked.put
    expect(seen).toEqual([])
    parked.unpark()
    await untilTrue(() => seen.length === 1)
    await dispatcher.stop()
    await close()
  })

  test("without notifications, interrupts with the next renewal of the lease", async () => {
    const { worker, put, close } = await two({ leaseMs: 1_500 })
    const { dispatcher, began, seen } = started(worker)
    await put(textUpdate("x"))
    await began
    await put(textUpdate("/cancel"))
    await untilTrue(() => seen.length === 1)
    expect(seen).toEqual(["/cancel"])
    await dispatcher.stop()
    await close()
  })

  test("interrupts neither for a repeated update nor for an update that was already waiting", async () => {
    const { worker, receiver, put, close } = await two({ listen: stage.pool, leaseMs: 600 })
    const [question, cancel] = [textUpdate("x"), textUpdate("/cancel")]
    await put(cancel)
    const handled = await receiver.take(AbortSignal.timeout(60_000))
    await handled.done()
    await put(question)
    await put(textUpdate("/cancel later"))
    const { dispatcher, began, signal } = started(worker)
    await began
    await put(cancel)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(signal()?.aborted).toBe(false)
    await dispatcher.stop({ deadlineMs: 0 })
    await close()
  })

  test("notifies no worker if no dispatcher runs", async () => {
    const { put, close, schema } = await two()
    await put(textUpdate("x"))
    const { rows } = await stage.pool.query(
      `SELECT ${schema}.is_watched('{message}', NULL) AS is_watched`,
    )
    expect(rows).toEqual([{ is_watched: false }])
    await close()
  })
})
