import { expectOptionsObject } from "../../ground/expect-option.js"
import type { Removable } from "../../ground/removable.js"
import { BotStore } from "./bot-store.js"
import { type BotRow, type BotTable, type DecideRows, keepRemovedMs } from "./bot-table.js"
import { randomVaultKey, TokenVault } from "./token-vault.js"

/** The number of changes after which the rows of removed bots are looked through. */
const deleteEvery = 1_000

/** The options of a {@link MemoryBotStore}. */
export interface MemoryBotStoreOptions {
  /** The keys that encrypt the tokens. Default: a random key. */
  readonly keys?: string | readonly string[]
}

/** A store of bots in memory, for one process and for tests: the bots are lost when the process ends. */
export class MemoryBotStore extends BotStore {
  /** @throws TypeError for wrong keys */
  constructor(options: MemoryBotStoreOptions = {}) {
    expectOptionsObject(options, "new MemoryBotStore({ keys })", { keys: true })
    super(new MemoryBotTable(), new TokenVault(options.keys ?? randomVaultKey()))
  }
}

/** The rows of a store of bots in memory. */
class MemoryBotTable implements BotTable {
  readonly #rows = new Map<number, BotRow>()
  readonly #watches = new Set<() => void>()
  #version = 0
  #leader: { readonly machine: string; readonly untilMs: number } | undefined

  async change(botIds: readonly number[], decide: DecideRows): Promise<void> {
    const nowMs = Date.now()
    // No other change can run between reading and writing, because nothing is awaited.
    const current = new Map(this.#find(botIds).map((row) => [row.botId, row]))
    const changed = decide(current, { version: this.#version + 1, nowMs })
    if (changed.length === 0) return
    this.#version += 1
    for (const row of changed) {
      // A changed row becomes the last one, so that the rows are in the order of their changes.
      this.#rows.delete(row.botId)
      this.#rows.set(row.botId, row)
    }
    if (this.#version % deleteEvery === 0) this.#deleteOld(nowMs)
    for (const changedNow of this.#watches) queueMicrotask(changedNow)
  }

  async find(botIds: readonly number[]): Promise<readonly BotRow[]> {
    return this.#find(botIds)
  }

  async readSince(since: number): Promise<readonly BotRow[]> {
    return [...this.#rows.values()].filter(({ version }) => version > since)
  }

  async lead(machine: string, leaseMs: number): Promise<boolean> {
    const nowMs = performance.now()
    const isFree = this.#leader === undefined || this.#leader.untilMs <= nowMs
    if (!isFree && this.#leader?.machine !== machine) return false
    this.#leader = { machine, untilMs: nowMs + leaseMs }
    return true
  }

  async resign(machine: string): Promise<void> {
    if (this.#leader?.machine === machine) this.#leader = undefined
  }

  watch(changed: () => void): Removable {
    const watch = () => changed()
    this.#watches.add(watch)
    return { remove: () => void this.#watches.delete(watch) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watches.clear()
  }

  #find(botIds: readonly number[]): readonly BotRow[] {
    return botIds.flatMap((botId) => this.#rows.get(botId) ?? [])
  }

  #deleteOld(nowMs: number): void {
    for (const { botId, state, changedAt } of this.#rows.values()) {
      if (state === "removed" && changedAt < nowMs - keepRemovedMs) this.#rows.delete(botId)
    }
  }
}
