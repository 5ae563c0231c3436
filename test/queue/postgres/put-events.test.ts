import { describe, expect, test } from "vitest"
import { updatePut, updateSettled } from "../../../src/events/index.js"
import { Metrics } from "../../../src/metrics/index.js"
import { textUpdate } from "../../support/updates.js"
import { heardOn } from "../../support/listening.js"
import { readMetrics, sampleOf } from "../../support/read-metrics.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

describe("a PostgresQueue announces", withPostgres, () => {
  const stage = stageOfFile()

  test("a put, its outcome, and that a repeated one is already being written", async () => {
    await using queue = stage.open()
    const puts = heardOn(updatePut)
    const settled = heardOn(updateSettled)
    const incoming = { botId: 1, update: textUpdate("Hello") }
    await Promise.all([queue.put(incoming), queue.put(incoming)])
    expect(puts).toHaveLength(2)
    expect(settled).toMatchObject([
      { update: incoming.update, outcome: "taken", isRepeated: false },
      { update: incoming.update, outcome: "taken", isRepeated: true },
    ])
  })

  test("an update that another process has put, which is counted as a duplicate", async () => {
    const schema = stage.newSchema()
    const incoming = { botId: 1, update: textUpdate("Hello") }
    const signal = AbortSignal.timeout(60_000)
    await using first = stage.open({ schema })
    await first.put(incoming)
    using metrics = new Metrics()
    const settled = heardOn(updateSettled)
    await using second = stage.open({ schema })
    await second.put(incoming)
    await (await second.take(signal)).done()
    await second.put(incoming)
    await second.put({ botId: 1, update: { ...textUpdate("New"), update_id: 1_000_000 } })
    expect(settled.map(({ isRepeated }) => isRepeated)).toEqual([true, true, false])
    const { samples } = readMetrics(await metrics.text())
    const duplicates = samples.filter(({ name }) => name === "sounder_updates_duplicate_total")
    expect(duplicates.map(({ value }) => value)).toEqual([2])
  })

  test("that it is full, and its capacity", async () => {
    await using queue = stage.open({ capacity: 1 })
    using metrics = new Metrics({ queues: { shared: queue } })
    const settled = heardOn(updateSettled)
    await queue.put({ botId: 1, update: textUpdate("One") })
    await expect(queue.put({ botId: 1, update: textUpdate("Two") })).rejects.toThrow()
    expect(settled.map(({ outcome }) => outcome)).toEqual(["taken", "full"])
    const text = await metrics.text()
    const of = (name: string) => sampleOf(text, `sounder_queue_${name}`, { queue: "shared" })
    expect(["up", "waiting", "running", "set_aside"].map(of)).toEqual([1, 1, 0, 0])
  })
})
