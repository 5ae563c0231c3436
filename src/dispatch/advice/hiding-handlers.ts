import { text } from "../filters/text.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"

/**
 * An index of the handlers of one group that hide later handlers. With the index, a search compares a handler
 * with a few others, even in a group of thousands.
 */
export class HidingHandlers {
  /** The handlers by each of their keys. Handlers without keys are under `undefined`. */
  readonly #byKey = new Map<string | undefined, Set<HandlerEntry>>()
  /** The handlers of all text messages. */
  readonly #ofText = new Set<HandlerEntry>()
  readonly #before: HidingHandlers | undefined
  /** The handlers that are known not to call `next()`. */
  readonly #final = new Set<HandlerEntry>()

  /** @param before the handlers that hide handlers of this index, too */
  constructor(before?: HidingHandlers) {
    this.#before = before
  }

  /**
   * Returns the same handler as `find`. If there is none, adds `later` to the index and returns `undefined`. A
   * hidden handler is not added: its updates are hidden anyway.
   */
  findOrAdd(later: HandlerEntry): HandlerEntry | undefined {
    const hiding = this.find(later)
    if (!hiding && later.handler.length <= 1) this.#add(later)
    return hiding
  }

  /** Returns a handler that matches every update that `later` matches, and that never calls `next()`. */
  find(later: HandlerEntry): HandlerEntry | undefined {
    const hiding = this.#before?.find(later)
    if (hiding) return hiding
    const ofText = later.needsText && this.#ofText
    for (const candidates of [this.#byKey.get(undefined), ofText, this.#smallestSetFor(later)]) {
      for (const candidate of candidates || []) {
        if (!matchesTypesOf(candidate, later) || !this.#matchesKeysOf(candidate, later)) continue
        if (this.#isFinal(candidate)) return candidate
        this.#delete(candidate)
      }
    }
    return undefined
  }

  #add(entry: HandlerEntry): void {
    if (entry.matchPattern) return
    if (entry.accepts === text && !entry.keys) this.#ofText.add(entry)
    if (entry.accepts) return
    for (const key of entry.keys ?? [undefined]) {
      const withKey = this.#byKey.get(key)
      if (withKey) withKey.add(entry)
      else this.#byKey.set(key, new Set([entry]))
    }
  }

  #delete(entry: HandlerEntry): void {
    this.#ofText.delete(entry)
    for (const key of entry.keys ?? [undefined]) this.#byKey.get(key)?.delete(entry)
  }

  /**
   * Returns the smallest set of handlers that have a key of `later`; `undefined` if no handler has one of its
   * keys.
   */
  #smallestSetFor({ keys = [] }: HandlerEntry): Set<HandlerEntry> | undefined {
    let smallest: Set<HandlerEntry> | undefined
    for (const key of keys) {
      const withKey = this.#byKey.get(key)
      if (!withKey) return undefined
      if (!smallest || withKey.size < smallest.size) smallest = withKey
    }
    return smallest
  }

  #matchesKeysOf(candidate: HandlerEntry, later: HandlerEntry): boolean {
    if (!candidate.keys) return true
    return later.keys?.every((key) => this.#byKey.get(key)?.has(candidate)) ?? false
  }

  /** Returns whether a handler never calls `next()`. Reads the source of such a handler only once. */
  #isFinal(entry: HandlerEntry): boolean {
    if (this.#final.has(entry)) return true
    if (mayCallNext(entry)) return false
    this.#final.add(entry)
    return true
  }
}

function matchesTypesOf({ types }: HandlerEntry, later: HandlerEntry): boolean {
  return !types || (later.types?.every((type) => types.includes(type)) ?? false)
}

/**
 * The beginning of a function that has at most one parameter: a name, or an object pattern of at most two
 * levels. A default value, rest parameters or a second parameter do not match.
 */
const oneParameter =
  /^(?:[\w$#*\s]*\(\s*(?:(?:[\w$]+|\{(?:[^{}()=]|\{[^{}()=]*\})*\})\s*)?(?:,\s*)?\)|(?:async\s+)?[\w$]+\s*=>)/

/**
 * Returns whether a handler may call `next()`; false only if its source shows that it has at most one parameter
 * and does not use `arguments`. Bound functions and proxies hide their source.
 */
function mayCallNext({ handler }: HandlerEntry): boolean {
  const source = Function.prototype.toString.call(handler)
  return /\[native code\]|\barguments\b/.test(source) || !oneParameter.test(source)
}
