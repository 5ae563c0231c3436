import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import {
  type BotStore,
  MemoryBotStore,
  PostgresBotStore,
  SqliteBotStore,
} from "../../../src/fleet/store/index.js"
import { findSqlite } from "../../../src/queue/sqlite/sqlite-driver.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"
import { temporaryFolder } from "../../support/temporary-folder.js"
import { untilTrue } from "../../support/waiting.js"

const newKey = () => randomBytes(32).toString("base64")
const tokenOf = (botId: number, letter = "A") => `${botId}:${letter.repeat(35)}`
const stage = stageOfFile(["fsync=off"])

/** The parts of one store that several processes open. */
interface Place {
  /** Opens the store, as another process would; with the given keys. */
  open(keys?: string | readonly string[]): BotStore
}

const key = newKey()

const places: readonly (readonly [name: string, make: () => Place])[] = [
  [
    "SQLite",
    () => {
      const path = join(temporaryFolder(), "fleet.db")
      return { open: (keys = key) => closing(new SqliteBotStore({ path, keys, pollMs: 20 })) }
    },
  ],
  [
    "PostgreSQL",
    () => {
      const schema = stage.newSchema()
      const { pool } = stage
      return {
        open: (keys = key) =>
          closing(new PostgresBotStore({ pool, schema, keys, migrate: true, pollMs: 20 })),
      }
    },
  ],
  [
    "PostgreSQL that notifies",
    () => {
      const schema = stage.newSchema()
      const { pool } = stage
      const options = { pool, listen: pool, schema, migrate: true, pollMs: 60_000 }
      return { open: (keys = key) => closing(new PostgresBotStore({ ...options, keys })) }
    },
  ],
]

test("a file of the first version is migrated", async () => {
  const path = join(temporaryFolder(), "fleet.db")
  await new SqliteBotStore({ path, keys: key })[Symbol.asyncDispose]()
  const database = findSqlite()(path)
  database.exec("ALTER TABLE bots DROP COLUMN deletes_data; PRAGMA user_version = 1")
  database.close()
  const store = closing(new SqliteBotStore({ path, keys: key }))
  await store.add([{ token: tokenOf(7) }])
  expect(await store.remove(7, { deleteData: true })).toBe(true)
  expect(await store.get(7)).toMatchObject({ state: "leaving", deletesData: true })
})

/** A store in memory, which no other process opens. */
function inMemory(): Place {
  return { open: (keys = key) => closing(new MemoryBotStore({ keys })) }
}

function closing(store: BotStore): BotStore {
  onTestFinished(() => store[Symbol.asyncDispose]())
  return store
}

describe.each([["memory", inMemory], ...places] as const)("a store in %s", (name, make) => {
  const options = name.startsWith("PostgreSQL") ? withPostgres : {}

  test("stores bots with their kind and data, and opens their tokens", options, async () => {
    const store = make().open()
    const added = await store.add([
      { token: tokenOf(2), kind: "shop", data: { owner: "Ada" } },
      { token: ` ${tokenOf(1)}\n` },
    ])
    expect(added.map(({ botId }) => botId)).toEqual([2, 1])
    expect(added[0]).toMatchObject({ kind: "shop", data: { owner: "Ada" }, state: "active" })
    const listed = await store.list()
    expect(listed.map((bot) => bot.openToken())).toEqual([tokenOf(1), tokenOf(2)])
    expect((await store.get(1))?.data).toBeNull()
    expect(await store.get(3)).toBeUndefined()
    expect(JSON.stringify(listed)).not.toContain("AAAA")
  })

  test("keeps kind and data when a token is replaced", options, async () => {
    const store = make().open()
    const [first] = await store.add([{ token: tokenOf(1), kind: "shop", data: [1] }])
    const [same] = await store.add([{ token: tokenOf(1) }])
    const [second] = await store.add([{ token: tokenOf(1, "B") }])
    expect(same?.tokenVersion).toBe(first?.tokenVersion)
    expect(second?.tokenVersion).toBe(second?.version)
    expect(second).toMatchObject({ kind: "shop", data: [1] })
    expect(second?.openToken()).toBe(tokenOf(1, "B"))
  })

  test("parks, wakes and removes a bot, each once", options, async () => {
    const store = make().open()
    await store.add([{ token: tokenOf(1), data: "secret" }])
    expect(await store.park(1, "unpaid")).toBe(true)
    expect(await store.park(1)).toBe(false)
    expect(await store.get(1)).toMatchObject({ state: "parked", reason: "unpaid" })
    expect(await store.wake(1)).toBe(true)
    expect(await store.wake(1)).toBe(false)
    expect(await store.get(1)).toMatchObject({ state: "active", reason: null })
    expect(await store.remove(1, { deleteWebhook: true })).toBe(true)
    expect(await store.remove(1)).toBe(false)
    expect(await store.get(1)).toMatchObject({ state: "leaving", deletesWebhook: true })
    await store.endRemoval(1)
    expect(await store.get(1)).toBeUndefined()
    const [row] = await store.readSince(0)
    expect(row).toMatchObject({ botId: 1, state: "removed", data: null })
    expect(row?.openToken()).toBeUndefined()
    expect(await store.setData(1, {})).toBe(false)
  })

  test("does not end the removal of a bot that was added again", options, async () => {
    const store = make().open()
    await store.add([{ token: tokenOf(1) }])
    await store.remove(1)
    await store.add([{ token: tokenOf(1) }])
    await store.endRemoval(1)
    expect(await store.get(1)).toMatchObject({ state: "active" })
  })

  test("does not park a bot for a token that has been replaced", options, async () => {
    const store = make().open()
    const [old] = await store.add([{ token: tokenOf(1) }])
    const [current] = await store.add([{ token: tokenOf(1, "B") }])
    if (!old || !current) throw new Error("The store has lost a bot")
    expect(await store.refuse(old, "401")).toBe(false)
    expect(await store.refuse(current, "401")).toBe(true)
    expect(await store.get(1)).toMatchObject({ state: "parked", reason: "401" })
  })

  test("returns the changes since a change, in their order", options, async () => {
    const store = make().open()
    await store.add([{ token: tokenOf(1) }, { token: tokenOf(2) }])
    const [, last] = await store.readSince(0)
    expect(await store.readSince(last?.version ?? 0)).toEqual([])
    await store.setData(1, "x\0\u{D800}")
    await store.park(2, "a\0b")
    const changes = await store.readSince(last?.version ?? 0)
    expect(changes.map(({ botId }) => botId)).toEqual([1, 2])
    expect(changes[0]?.data).toBe("x\0\u{D800}")
    expect(changes[1]?.reason).toBe("a\u{FFFD}b")
  })

  test("refuses what cannot be stored, and stores nothing of it", options, async () => {
    const store = make().open()
    const bad = [
      { token: "123:" },
      { token: tokenOf(1), kind: "a b" },
      { token: tokenOf(1), data: 1n },
    ]
    for (const bot of bad) {
      await expect(store.add([{ token: tokenOf(2) }, bot])).rejects.toThrow(TypeError)
    }
    await expect(store.park(-1)).rejects.toThrow(TypeError)
    expect(await store.list()).toEqual([])
  })

  test("keeps every one of the changes that are made at once", options, async () => {
    const store = make().open()
    await store.add([{ token: tokenOf(1) }])
    await Promise.all([
      store.setData(1, { paid: true }),
      store.park(1, "full"),
      store.add([{ token: tokenOf(2) }]),
    ])
    expect(await store.get(1)).toMatchObject({
      ...{ state: "parked", reason: "full", data: { paid: true } },
    })
    const versions = (await store.readSince(0)).map(({ version }) => version)
    expect(versions).toEqual(versions.toSorted((one, other) => one - other))
  })

  test("refuses wrong arguments", options, async () => {
    const store = make().open()
    const calls: (() => Promise<unknown>)[] = [
      () => store.list({ state: "activ" as "active" }),
      () => store.list({ kind: "a b" }),
      () => store.list({ afterId: -1 }),
      () => store.list({ limit: 0 }),
      () => store.get("1" as never),
      () => store.park(1, 402 as never),
      () => store.remove(1, { deleteWebhook: "no" as never }),
      () => store.add([{ token: tokenOf(1), kinds: "shop" } as never]),
    ]
    for (const call of calls) await expect(call()).rejects.toThrow(/^Expected|^Unknown/)
    for (const call of calls) await expect(call()).rejects.toThrow(TypeError)
    expect(await store.list()).toEqual([])
  })

  test("lists by state, kind and id", options, async () => {
    const store = make().open()
    const all = [1, 2, 3, 4].map((id) => ({ token: tokenOf(id), kind: id % 2 ? "odd" : "even" }))
    await store.add(all)
    await store.park(3)
    const ids = async (wanted: object) => (await store.list(wanted)).map(({ botId }) => botId)
    expect(await ids({ kind: "odd" })).toEqual([1, 3])
    expect(await ids({ state: "parked" })).toEqual([3])
    expect(await ids({ afterId: 1, limit: 2 })).toEqual([2, 3])
    await expect(store.list({ stat: "x" } as never)).rejects.toThrow("Did you mean `state`")
  })

  test("has one leader at a time, until it resigns or its lease ends", options, async () => {
    const store = make().open()
    expect(await store.lead("one", 60_000)).toBe(true)
    expect(await store.lead("two", 60_000)).toBe(false)
    expect(await store.lead("one", 60_000)).toBe(true)
    await store.resign("two")
    expect(await store.lead("two", 60_000)).toBe(false)
    await store.resign("one")
    expect(await store.lead("two", 1)).toBe(true)
    while (!(await store.lead("one", 60_000))) await new Promise(setImmediate)
    expect(await store.lead("two", 60_000)).toBe(false)
  })

  test("encrypts all tokens with a new first key", options, async () => {
    const place = make()
    if (name === "memory") return
    const [old, next] = [newKey(), newKey()]
    await place.open(old).add([{ token: tokenOf(1) }, { token: tokenOf(2) }])
    const both = place.open(`${next}, ${old}`)
    await both.add([{ token: tokenOf(3) }])
    expect(await both.reseal()).toBe(2)
    expect(await both.reseal()).toBe(0)
    const bots = await place.open(next).list()
    expect(bots.map((bot) => bot.openToken())).toEqual([1, 2, 3].map((id) => tokenOf(id)))
  })
})

describe.each(places)("two processes with a store in %s", (name, make) => {
  const options = name.startsWith("PostgreSQL") ? withPostgres : {}

  test("notice each other's changes", options, async () => {
    const place = make()
    const [one, other] = [place.open(), place.open()]
    await one.add([{ token: tokenOf(1) }])
    let calls = 0
    other.watch(() => (calls += 1))
    for (const id of [2, 3]) {
      const before = calls
      await untilTrue(() => calls > 0)
      await one.add([{ token: tokenOf(id) }])
      await untilTrue(() => calls > before)
      await untilTrue(async () => (await other.readSince(0)).length === id)
    }
  })

  test("log the error of a function that watches, and call the others", options, async () => {
    const store = make().open()
    const complaints = vi.spyOn(console, "error").mockImplementation(() => {})
    onTestFinished(() => complaints.mockRestore())
    let calls = 0
    store.watch(() => {
      throw new Error("The bell is broken")
    })
    store.watch(async () => {
      throw new Error("The bell is away")
    })
    store.watch(() => (calls += 1))
    await store.add([{ token: tokenOf(1) }])
    await untilTrue(() => calls > 0 && complaints.mock.calls.length > 1)
    const texts = complaints.mock.calls.join("\n")
    expect(texts).toContain("store.watch")
    expect(texts).toContain("The bell is broken")
    expect(texts).toContain("The bell is away")
  })

  test("cannot be watched after their end", options, async () => {
    const store = make().open()
    await store.list()
    await store[Symbol.asyncDispose]()
    expect(() => store.watch(() => {})).toThrow(
      expect.objectContaining({ code: "storage-gone", message: expect.stringContaining("closed") }),
    )
  })

  test("change one bot at once with one outcome, which both see", options, async () => {
    const place = make()
    const stores = [place.open(), place.open()]
    const seen: number[] = []
    await Promise.all(
      stores.flatMap((store, n) =>
        Array.from({ length: 20 }, async (_, step) => {
          if (step % 3 === 0) await store.add([{ token: tokenOf(1, n ? "B" : "C") }])
          else if (step % 3 === 1) await store.remove(1)
          else await store.endRemoval(1)
          seen.push(((await store.readSince(0))[0] ?? { version: 0 }).version)
        }),
      ),
    )
    const [mine, theirs] = await Promise.all(
      stores.map(async (store) => (await store.readSince(0))[0]),
    )
    expect(mine).toEqual(theirs)
    expect(mine?.version).toBe(Math.max(...seen))
    expect(mine?.openToken()).toBe(theirs?.openToken())
  })

  test("lose no bot when they add many at once", options, async () => {
    const place = make()
    const stores = [place.open(), place.open()]
    const adding = stores.flatMap((store, n) =>
      Array.from({ length: 50 }, (_, id) => store.add([{ token: tokenOf(1 + id * 2 + n) }])),
    )
    const added = (await Promise.all(adding)).flat()
    const [store] = stores
    const rows = (await store?.readSince(0)) ?? []
    expect(rows).toHaveLength(100)
    const versions = new Map(rows.map((row) => [row.botId, row.version]))
    for (const { botId, version } of added) expect(versions.get(botId)).toBe(version)
  })

  test("say which key is missing, and keep the token", options, async () => {
    const place = make()
    await place.open().add([{ token: tokenOf(1) }])
    const wrong = place.open(newKey())
    const [bot] = await wrong.list()
    expect(() => bot?.openToken()).toThrow(
      /^The token of bot 1 is encrypted with the key [\w-]{8},/,
    )
    await expect(wrong.reseal()).rejects.toMatchObject({ code: "wrong-key" })
    expect(await wrong.park(1)).toBe(true)
    expect((await place.open().get(1))?.openToken()).toBe(tokenOf(1))
  })
})

test("a store in SQLite names the cause of a failed change, even if SQLite has rolled it back itself", async () => {
  const path = join(temporaryFolder(), "fleet.db")
  const store = closing(new SqliteBotStore({ path, keys: key }))
  const other = findSqlite()(path)
  onTestFinished(() => void other.close())
  other.exec(
    "CREATE TRIGGER full BEFORE INSERT ON bots BEGIN SELECT RAISE(ROLLBACK, 'no room'); END",
  )
  const added = store.add([{ token: tokenOf(1) }])
  await expect(added).rejects.toThrow(/^The store of bots .*fleet\.db could not be used: .*no room/)
  other.exec("DROP TRIGGER full")
  await store.add([{ token: tokenOf(1) }])
  expect(await store.list()).toHaveLength(1)
})

test.each([
  ["undefined", undefined],
  ["an empty array", []],
  ["a short key", "abc"],
  ["a text among keys", [newKey(), "secret words"]],
])("%s is no key, and the error does not show it", (_, keys) => {
  expect(() => new MemoryBotStore({ keys: (keys ?? "") as string[] })).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^Expected the `keys` option.*openssl rand -base64 32/),
    }),
  )
  try {
    new MemoryBotStore({ keys: keys as string[] })
  } catch (error) {
    expect(String(error)).not.toContain("secret words")
  }
})
