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
  // The path to a part is only needed for an error, and costs as much as the text.
  if (!isJson(value, maxDepth)) expectPartJson(value, { name, keys: [], objects: [] })
}

/** The depth from which a value may contain itself, so that the slower check has to tell. */
const maxDepth = 50

/** Returns whether a value would come back from its text as it was; `false` also for a deep one. */
function isJson(value: unknown, depth: number): boolean {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true
  if (typeof value === "number") return Number.isFinite(value)
  if (typeof value !== "object" || depth === 0) return false
  if (Array.isArray(value)) {
    // Not `every`, which leaves out the holes of an array.
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
  /** The keys of the parts, from the value on. */
  readonly keys: (string | number)[]
  /** The objects that contain the part, the outermost first. */
  readonly objects: object[]
}

function expectPartJson(value: unknown, path: Path): void {
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
  expectPartJson(part, path)
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
    const { constructor } = value
    return typeof constructor === "function" && constructor.name !== ""
      ? `an object of the class ${constructor.name}`
      : "an object of a class"
  }
  if (value === undefined) return "undefined"
  return typeof value === "number" ? String(value) : `a ${typeof value}`
}
