import { unexpectedOption } from "../ground/expect-option.js"
import type { OwnContent } from "../telegram/own-update.js"
import {
  type StateDelete,
  type StateKey,
  type StateSet,
  stateKeyText,
  type StateWrite,
} from "./state-store.js"

/** A write of a value. */
export type ValueWrite = StateSet | StateDelete

/**
 * Checks writes before they are stored. Throws a `TypeError` for a wrong key, value, version or timer, and
 * for a key or timer that occurs twice.
 */
export function expectWrites(writes: readonly StateWrite[]): void {
  const [first] = writes
  // Most updates have one write at most, which no other write can repeat.
  if (writes.length <= 1) return void (first && expectWrite(first))
  const seen = new Set<string>()
  for (const write of writes) {
    const text = expectWrite(write)
    if (text === undefined) continue
    if (seen.has(text)) {
      throw new TypeError(
        `Expected one write for each key and timer, got two for ${JSON.stringify(text)}.`,
      )
    }
    seen.add(text)
  }
}

/** Throws a `TypeError` unless all stores can store this key. */
export function expectStateKey(key: StateKey): void {
  if (typeof key !== "object" || key === null) unexpectedOption("key", "a StateKey", key)
  expectBotId(key.botId)
  expectText("space", key.space)
  expectText("key", key.key)
}

/**
 * Checks a write. Returns a text that identifies its key or its timer, which no other write of the same call
 * may have. Returns `undefined` for an own update without a timer. Throws as {@link expectWrites} does.
 */
export function expectWrite(write: StateWrite): string | undefined {
  switch (write.kind) {
    case "set":
      expectJson(write.json)
      if (write.expiresAt !== undefined) expectWholeNumber("expiresAt", write.expiresAt)
      return expectKeyAndVersion(write)
    case "delete":
      return expectKeyAndVersion(write)
    case "put":
      expectBotId(write.botId)
      expectOwn(write.own)
      if (write.dueAt !== undefined) expectWholeNumber("dueAt", write.dueAt)
      return write.timer === undefined ? undefined : expectTimer(write.botId, write.timer)
    case "cancel":
      expectBotId(write.botId)
      return expectTimer(write.botId, write.timer)
    default:
      return unexpectedOption("kind", '"set", "delete", "put" or "cancel"', write)
  }
}

function expectKeyAndVersion({
  key,
  ifVersion,
}: {
  key: StateKey
  ifVersion?: number | undefined
}): string {
  expectStateKey(key)
  if (ifVersion !== undefined) expectWholeNumber("ifVersion", ifVersion)
  return stateKeyText(key)
}

function expectOwn(own: OwnContent): void {
  if (typeof own !== "object" || own === null) unexpectedOption("own", "an object", own)
  expectText("name", own.name)
  expectText("lane", own.lane)
}

function expectTimer(botId: number, timer: string): string {
  expectText("timer", timer)
  return `${botId} ${timer}`
}

function expectJson(json: unknown): void {
  if (isStorable(json)) return
  unexpectedOption("json", "JSON text", json)
}

/** Returns whether a value is a text that every store returns unchanged: without NUL and lone surrogates. */
function isStorable(value: unknown): boolean {
  return typeof value === "string" && value.isWellFormed() && !value.includes("\0")
}

function expectBotId(botId: unknown): void {
  if (!Number.isSafeInteger(botId)) unexpectedOption("botId", "an integer", botId)
}

function expectText(name: string, value: unknown): void {
  if (isStorable(value)) return
  unexpectedOption(name, "a string without NUL and lone surrogates", value)
}

function expectWholeNumber(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return
  unexpectedOption(name, "an integer of at least 0", value)
}
