import assert from "node:assert/strict"
import {
  StateConflict,
  type StateDelete,
  type StateKey,
  type StateSet,
  type StateStore,
  type StateWrite,
} from "../queue/index.js"
import type { ProbedBehaviours, QueueProbe } from "./queue-probe.js"

/** The behaviours of a queue's state, and of writes that are committed with the end of an update. */
export const stateBehaviours: ProbedBehaviours = {
  "the writes of an update are stored with its end": async (probe) => {
    const delivery = await probe.takeUpdate(probe.put(7))
    await delivery.done([set("cart", `{"items":1}`), set("user", `"Ada"`)])
    assert.deepEqual(await values(probe, "user", "cart", "none"), [
      `"Ada"`,
      `{"items":1}`,
      undefined,
    ])
    await probe.expectNothing()
  },

  "the next update of the lane reads the writes of the one before": async (probe) => {
    const [first, second] = [probe.put(7), probe.put(7)]
    await (await probe.takeUpdate(first)).done([set("cart", "1")])
    await probe.takeUpdate(second)
    assert.deepEqual(await values(probe, "cart"), ["1"])
  },

  "an update that is retried, set aside or handed back has written nothing": async (probe) => {
    const [first, second, third] = [probe.put(7), probe.put(8), probe.put(9)]
    const late = [set("cart", "1")]
    for (const put of [first, second, third]) {
      const delivery = await probe.takeUpdate(put)
      if (put === first) await delivery.retry({ delayMs: 60_000 })
      else if (put === second) await delivery.setAside(new Error("Too often"))
      else await delivery.handBack()
      await delivery.done(late)
    }
    assert.deepEqual(await values(probe, "cart"), [undefined])
  },

  "a later write replaces a value, and a delete removes it": async (probe) => {
    const state = storeOf(probe)
    await state.write([set("cart", "1"), set("user", "2")])
    await state.write([set("cart", "3"), { kind: "delete", key: key("user") }])
    assert.deepEqual(await values(probe, "cart", "user"), ["3", undefined])
    await state.write([{ kind: "delete", key: key("user") }])
  },

  "the same key of another bot or namespace is another value": async (probe) => {
    const state = storeOf(probe)
    const keys: StateKey[] = [
      { botId: 1, space: "a", key: "1" },
      { botId: 2, space: "a", key: "1" },
      { botId: 1, space: "b", key: "1" },
      { botId: 1, space: "a", key: "2" },
      { botId: 1, space: "", key: "a1" },
      { botId: 1, space: "a1", key: "" },
    ]
    const writes = keys.map((one, index) => ({ kind: "set", key: one, json: `${index}` }) as const)
    await writeOfBots(
      probe,
      [1, 2].map((botId) => writes.filter((write) => write.key.botId === botId)),
    )
    const read = await state.read(keys)
    assert.deepEqual(
      read.map((entry) => entry?.json),
      ["0", "1", "2", "3", "4", "5"],
    )
  },

  "a read without a promise, if there is one, returns the same entries": async (probe) => {
    const state = storeOf(probe)
    const keys = [key("cart"), key("none")]
    await state.write([set("cart", "1")])
    const read = await state.read(keys)
    assert.deepEqual(state.readNow?.(keys) ?? read, read)
    assert.deepEqual(
      read.map((entry) => entry?.json),
      ["1", undefined],
    )
  },

  "every text is returned unchanged": async (probe) => {
    const state = storeOf(probe)
    const text = JSON.stringify({
      "ключ 🗝": "\u0000 \ud800 \u2028 ' \" \\ \n",
      long: "x".repeat(100_000),
    })
    const odd: StateKey = { botId: -(2 ** 53) + 1, space: "ключ 🗝 '", key: `"; \\ \n %_` }
    await state.write([{ kind: "set", key: odd, json: text }])
    assert.equal((await state.read([odd]))[0]?.json, text)
  },

  "every change of a value gives it a version that it never had": async (probe) => {
    const state = storeOf(probe)
    const versions = new Set<number | undefined>()
    for (const json of ["1", "1", "2"]) {
      await state.write([set("cart", json)])
      versions.add((await entryOf(probe, "cart"))?.version)
      await state.write([{ kind: "delete", key: key("cart") }])
    }
    assert.equal(versions.size, 3)
    assert.ok(!versions.has(undefined) && !versions.has(0))
  },

  "a write with the current version is stored": async (probe) => {
    const state = storeOf(probe)
    await state.write([set("cart", "1", { ifVersion: 0 })])
    const version = (await entryOf(probe, "cart"))?.version ?? -1
    const delivery = await probe.takeUpdate(probe.put(7))
    await delivery.done([set("cart", "2", { ifVersion: version })])
    const next = (await entryOf(probe, "cart"))?.version ?? -1
    await state.write([{ kind: "delete", key: key("cart"), ifVersion: next }])
    assert.deepEqual(await values(probe, "cart"), [undefined])
  },

  "a write with another version rejects, stores nothing, and does not end the delivery": async (
    probe,
  ) => {
    const state = storeOf(probe)
    await state.write([set("cart", "1")])
    const version = (await entryOf(probe, "cart"))?.version ?? -1
    await state.write([set("cart", "2")])
    const wrong: (StateSet | StateDelete)[] = [
      set("cart", "3", { ifVersion: version }),
      set("cart", "3", { ifVersion: 0 }),
      set("none", "3", { ifVersion: version }),
      { kind: "delete", key: key("cart"), ifVersion: version },
    ]
    const [put, next] = [probe.put(7), probe.put(7)]
    const delivery = await probe.takeUpdate(put)
    for (const write of wrong) {
      const writes = [set("other", "4"), write]
      await assert.rejects(async () => delivery.done(writes), isConflictOf(write.key))
      await assert.rejects(state.write(writes), isConflictOf(write.key))
    }
    assert.deepEqual(await values(probe, "cart", "other", "none"), ["2", undefined, undefined])
    await probe.expectNothing()
    await delivery.done([set("cart", "5")])
    await probe.takeUpdate(next)
    assert.deepEqual(await values(probe, "cart"), ["5"])
  },

  "of several updates that have read the same version, exactly one is committed": async (probe) => {
    const state = storeOf(probe)
    await state.write([set("shared", "0")])
    const version = (await entryOf(probe, "shared"))?.version ?? -1
    const puts = Array.from({ length: 10 }, (_, chat) => probe.put(chat + 1))
    const deliveries = []
    for (const _ of puts) deliveries.push(await probe.take())
    const ends = await Promise.allSettled(
      deliveries.map(async (delivery, index) =>
        delivery.done([
          set("shared", `${index}`, { ifVersion: version }),
          set(`own ${index}`, "1", { ifVersion: 0 }),
        ]),
      ),
    )
    const winners = ends.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []))
    assert.equal(winners.length, 1)
    assert.deepEqual(await values(probe, "shared"), [`${winners[0]}`])
    const own = await values(probe, ...deliveries.map((_, index) => `own ${index}`))
    assert.equal(own.filter((value) => value !== undefined).length, 1)
  },

  "concurrent writes of one key without a version leave the value of one write": async (probe) => {
    const puts = Array.from({ length: 20 }, (_, chat) => probe.put(chat + 1))
    const deliveries = []
    for (const _ of puts) deliveries.push(await probe.take())
    await Promise.all(deliveries.map(async (one, index) => one.done([set("shared", `${index}`)])))
    const [value] = await values(probe, "shared")
    assert.ok(Number(value) >= 0 && Number(value) < 20)
    await probe.expectNothing()
  },

  "a value counts as deleted from its expiry on": async (probe) => {
    const state = storeOf(probe)
    const now = Date.now()
    const later = now + 3_600_000
    await state.write([
      set("past", "1", { expiresAt: now - 1 }),
      set("later", "2", { expiresAt: later }),
    ])
    assert.deepEqual(await values(probe, "past", "later"), [undefined, "2"])
    assert.equal((await entryOf(probe, "later"))?.expiresAt, later)
    await state.write([set("past", "3", { ifVersion: 0 }), set("later", "4")])
    assert.deepEqual(await values(probe, "past", "later"), ["3", "4"])
    assert.equal((await entryOf(probe, "later"))?.expiresAt, undefined)
  },

  "a wrong write rejects with a TypeError, and does not end the delivery": async (probe) => {
    const wrong = [
      [set("cart", "1"), set("cart", "2")],
      [{ kind: "set", key: key("cart") }],
      [{ kind: "set", key: key("cart"), json: "\0" }],
      [{ kind: "set", key: { botId: 1, space: "a", key: "\ud800" }, json: "1" }],
      [{ kind: "set", key: { botId: 1.5, space: "a", key: "b" }, json: "1" }],
      [{ kind: "set", key: key("cart"), json: "1", ifVersion: -1 }],
      [{ kind: "set", key: key("cart"), json: "1", expiresAt: Number.NaN }],
      [{ kind: "add", key: key("cart"), json: "1" }],
      [{ kind: "put", botId: 1, own: { name: "\0", lane: "7" } }],
      [{ kind: "put", botId: 1, own: { name: "a", lane: "7" }, dueAt: -1 }],
      [{ kind: "cancel", botId: 1.5, timer: "a" }],
      [
        { kind: "cancel", botId: 1, timer: "a" },
        { kind: "cancel", botId: 1, timer: "a" },
      ],
    ] as StateWrite[][]
    const put = probe.put(7)
    const delivery = await probe.takeUpdate(put)
    for (const writes of wrong) {
      await assert.rejects(async () => delivery.done(writes), TypeError)
      await assert.rejects(storeOf(probe).write(writes), TypeError)
    }
    await assert.rejects(storeOf(probe).read([{ botId: 1, space: "a", key: "\0" }]), TypeError)
    await delivery.done([set("cart", "1")])
    await probe.expectForgotten(put)
    assert.deepEqual(await values(probe, "cart"), ["1"])
  },

  "an empty list of writes or keys is accepted": async (probe) => {
    const put = probe.put(7)
    await (await probe.takeUpdate(put)).done([])
    await probe.expectForgotten(put)
    await storeOf(probe).write([])
    assert.deepEqual(await storeOf(probe).read([]), [])
  },

  "a thousand keys are read and written at once": async (probe) => {
    const names = Array.from({ length: 1_000 }, (_, index) => `key ${index}`)
    const delivery = await probe.takeUpdate(probe.put(7))
    await delivery.done(names.map((name) => set(name, JSON.stringify(name))))
    assert.deepEqual(
      await values(probe, ...names),
      names.map((name) => JSON.stringify(name)),
    )
  },
}

function key(name: string): StateKey {
  return { botId: 1, space: "test", key: name }
}

function set(
  name: string,
  json: string,
  more: { readonly ifVersion?: number; readonly expiresAt?: number } = {},
): StateSet {
  return { kind: "set", key: key(name), json, ...more }
}

/** Returns the state of the queue under test. */
export function storeOf({ queue }: QueueProbe): StateStore {
  assert.ok(queue.state, "Expected the queue to keep state")
  return queue.state
}

/** Stores the writes of several bots: with one call, or on shards with a call for each bot. */
export async function writeOfBots(
  probe: QueueProbe,
  writesOfBots: readonly (readonly StateWrite[])[],
): Promise<void> {
  const calls = probe.hasShards ? writesOfBots : [writesOfBots.flat()]
  for (const writes of calls) await storeOf(probe).write(writes)
}

async function entryOf(probe: QueueProbe, name: string) {
  const [entry] = await storeOf(probe).read([key(name)])
  return entry
}

async function values(probe: QueueProbe, ...names: string[]): Promise<(string | undefined)[]> {
  const entries = await storeOf(probe).read(names.map(key))
  return entries.map((entry) => entry?.json)
}

function isConflictOf(expected: StateKey): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StateConflict)
    assert.deepEqual({ ...error.key }, expected)
    return true
  }
}
