/**
 * An error that can be shown: itself where it holds no secret, else a copy without it. Message,
 * stack, `cause`, the errors of an `AggregateError` and further members are all looked at.
 *
 * @param redact takes the secret out of a text
 */
export function redactError(error: unknown, redact: (text: string) => string): unknown {
  return clean(error, redact, new Map())
}

type Redact = (text: string) => string

function clean(value: unknown, redact: Redact, seen: Map<object, unknown>): unknown {
  if (typeof value === "string") return redact(value)
  if (value instanceof URL) return redact(value.href)
  if (typeof value !== "object" || value === null) return value
  if (seen.has(value)) return seen.get(value)
  if (!(value instanceof Error)) return isPlain(value) ? copy(value, {}, redact, seen) : undefined
  const cleaned = copy(value, Object.create(Object.getPrototypeOf(value) as object), redact, seen)
  return isSame(value, cleaned) ? value : cleaned
}

function copy(from: object, to: object, redact: Redact, seen: Map<object, unknown>): object {
  seen.set(from, to)
  for (const key of Reflect.ownKeys(from)) {
    const enumerable = Object.prototype.propertyIsEnumerable.call(from, key)
    const value = clean(Reflect.get(from, key), redact, seen)
    Object.defineProperty(to, key, { value, enumerable, writable: true, configurable: true })
  }
  return to
}

function isSame(one: object, other: object): boolean {
  return Reflect.ownKeys(one).every((key) => Reflect.get(one, key) === Reflect.get(other, key))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
