/**
 * Returns an error without secrets: the error itself if it contains none, otherwise a copy. Covers
 * message, stack, `cause`, the errors of an `AggregateError`, all other members, and the names of members.
 *
 * @param redact removes the secret from a text
 */
export function redactError(error: unknown, redact: (text: string) => string): unknown {
  return redacted(error, redact, new Map())
}

type Redact = (text: string) => string

/** @param copies the copies of the objects that were visited, so that a cyclic object is copied once */
function redacted(value: unknown, redact: Redact, copies: Map<object, unknown>): unknown {
  if (typeof value === "string") return redact(value)
  if (value instanceof URL) return redact(value.href)
  if (typeof value !== "object" || value === null) return value
  if (copies.has(value)) return copies.get(value)
  const empty = emptyOfKind(value)
  if (!empty) return undefined
  copies.set(value, empty)
  fill(empty, value, redact, copies)
  const result = isSame(value, empty) ? value : empty
  copies.set(value, result)
  return result
}

/**
 * Returns an empty array, plain object or error of the same class. Returns `undefined` for objects of other
 * classes, which the copy leaves out.
 */
function emptyOfKind(value: object): object | undefined {
  if (Array.isArray(value)) return []
  const prototype = Reflect.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return {}
  if (!(value instanceof Error)) return undefined
  const error = new Error()
  Object.setPrototypeOf(error, prototype)
  return error
}

function fill(to: object, from: object, redact: Redact, copies: Map<object, unknown>): void {
  for (const key of Reflect.ownKeys(from)) {
    const enumerable = Object.prototype.propertyIsEnumerable.call(from, key)
    const value = redacted(Reflect.get(from, key), redact, copies)
    // The `length` of an array can only be written.
    const rest = key === "length" ? {} : { enumerable, configurable: true }
    const name = typeof key === "string" ? redact(key) : key
    Object.defineProperty(to, name, { value, writable: true, ...rest })
  }
}

function isSame(one: object, other: object): boolean {
  return Reflect.ownKeys(one).every((key) => Reflect.get(one, key) === Reflect.get(other, key))
}
