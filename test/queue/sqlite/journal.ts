import { expect } from "vitest"

/**
 * A journal entry of a worker: `started 7 2` is update 7, attempt 2; `count 3 9` is 9 updates of
 * chat 3.
 */
export interface Entry {
  readonly event: string
  readonly id: number
  readonly attempt: number
}

/** Reads the journal that the successive workers of one queue have written. */
export function readJournal(text: string): Entry[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [event = "", id, attempt] = line.split(" ")
      return { event, id: Number(id), attempt: Number(attempt) }
    })
}

/**
 * Checks that no update is lost or out of order, that each lane had one delivery at a time, that only updates
 * running at a worker's death were handled twice, and that attempts were counted.
 */
export function expectNothingLost(entries: readonly Entry[], updates: number, chats: number): void {
  const started = entries.filter(({ event }) => event === "started")
  const all = Array.from({ length: updates }, (_, index) => index + 1)
  expect(idsOf(started)).toEqual(all)
  for (let chat = 0; chat < chats; chat++) {
    const ids = started.filter(({ id }) => id % chats === chat).map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted((one, other) => one - other))
  }
  for (const id of all) expectOneLife(entries, id)
  expectLanesHeldOnce(entries, chats)
}

function expectOneLife(entries: readonly Entry[], id: number): void {
  const own = entries.filter((entry) => entry.id === id || entry.event === "open")
  const handled = own.findIndex(({ event }) => event === "handled")
  const after = handled < 0 ? [] : own.slice(handled)
  expect(after.filter(({ event }) => event === "started")).toEqual([])
  const attempts = own.filter(({ event }) => event === "started").map(({ attempt }) => attempt)
  // An update that was handed back repeats its attempt number.
  const least = (index: number) => (attempts[index - 1] ?? 0) + (id % 7 === 0 ? 0 : 1)
  expect(attempts.every((attempt, index) => attempt >= least(index))).toBe(true)
}

function expectLanesHeldOnce(entries: readonly Entry[], chats: number): void {
  let held = new Map<number, number>()
  for (const { event, id } of entries) {
    if (event === "open") held = new Map()
    if (event === "started") {
      expect(held.get(id % chats)).toBeUndefined()
      held.set(id % chats, id)
    } else if (held.get(id % chats) === id) held.delete(id % chats)
  }
}

function idsOf(entries: readonly Entry[]): number[] {
  return [...new Set(entries.map(({ id }) => id))].toSorted((one, other) => one - other)
}
