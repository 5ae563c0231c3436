/**
 * Returns the JSON text of a value. Throws a `TypeError` that names the place of a part that would be lost or
 * changed when the text is parsed: a `Date`, a `Map`, an object of a class, a function, a `bigint`,
 * `NaN`, `undefined` in an array, a cycle. A property that is `undefined` is left out.
 *
 * @param name the name of the value, for the error
 */
export function jsonText(name: string, value: unknown): string {
  expectJson(name, value)
  return JSON.stringify(value)
}

/** Throws a `TypeError` as {@link jsonText} does. */
export function expectJson(name: string, value: unknown): void {
  // Only an error needs the path to a part, and recording paths takes as long as the conversion to JSON.
  if (!isJson(value, maxDepth)) expectJsonAt({ name, keys: [], objects: [] }, value)
}

/** The maximum depth of the fast check. The slower check looks at deeper values, which may contain themselves. */
const maxDepth = 50

/**
 * Returns whether a value stays the same when it is converted to JSON and parsed again. Returns `false` also
 * for a value that is deeper than `depth`.
 */
function isJson(value: unknown, depth: number): boolean {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true
  if (typeof value === "number") return Number.isFinite(value)
  if (typeof value !== "object" || depth === 0) return false
  if (Array.isArray(value)) {
    // `every` would skip the holes of an array.
    for (let index = 0; index < value.length; index += 1) {
      if (!isJson(value[index], depth - 1)) return false
    }
    return true
  }
  if (!isPlain(value)) return false
  const parts = value as Record<string, unknown>
  return Object.keys(parts).every((key) => {
    const part = parts[key]
    return part === undefined || isJson(part, depth - 1)
  })
}

/** The path from the value to one of its parts. */
interface Path {
  readonly name: string
  /** The keys that lead from the value to the part, the outermost first. */
  readonly keys: (string | number)[]
  /** The objects that contain the part, the outermost first. */
  readonly objects: object[]
}

/** Throws a `TypeError` with the path to the first part that is not JSON. */
function expectJsonAt(path: Path, value: unknown): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return
  if (typeof value === "number" && Number.isFinite(value)) return
  if (typeof value !== "object") return refuse(value, path)
  if (path.objects.includes(value)) {
    throw new TypeError(`Expected ${placeOf(path)} to be JSON, but it contains itself.`)
  }
  path.objects.push(value)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) expectPart(value[index], index, path)
  } else {
    if (!isPlain(value)) return refuse(value, path)
    for (const key of Object.keys(value)) {
      const part = (value as Record<string, unknown>)[key]
      if (part !== undefined) expectPart(part, key, path)
    }
  }
  path.objects.pop()
}

function expectPart(part: unknown, key: string | number, path: Path): void {
  path.keys.push(key)
  expectJsonAt(path, part)
  path.keys.pop()
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function placeOf({ name, keys }: Path): string {
  return name + keys.map(accessOf).join("")
}

function accessOf(key: string | number): string {
  if (typeof key === "number") return `[${key}]`
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function refuse(value: unknown, path: Path): never {
  throw new TypeError(`Expected ${placeOf(path)} to be JSON, got ${nameOf(value)}.`)
}

function nameOf(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    if (value instanceof Date) return "an object of the class Date: store its toISOString()"
    const { constructor } = value
    return typeof constructor === "function" && constructor.name !== ""
      ? `an object of the class ${constructor.name}`
      : "an object of a class"
  }
  if (value === undefined) return "undefined"
  return typeof value === "number" ? String(value) : `a ${typeof value}`
}
