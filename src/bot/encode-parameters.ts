import { InputFile } from "../telegram/input-file.js"

/** A file to upload, and the name of the form field that carries it. */
export interface FilePart {
  readonly name: string
  readonly file: InputFile
}

/** The parameters of a call, ready to be written. */
export interface EncodedParameters {
  /** What is written as JSON. Files are in it only by name. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The files, wherever in the parameters they were. */
  readonly files: readonly FilePart[]
}

/**
 * Prepares the parameters of a call. The given objects are not changed.
 *
 * Members that are `undefined` or `null` are left out, at every depth, since Telegram reads `null`
 * as a text. In arrays they would move what follows, so there they are a mistake, as is everything
 * else that JSON cannot hold. An `InputFile` that is a parameter itself becomes a form field of that
 * name, any other one a field of its own that is referred to as `attach://…`.
 *
 * @throws TypeError that names the parameter which cannot be sent
 * @see https://core.telegram.org/bots/api#sending-files
 */
export function encodeParameters(method: string, params: object = {}): EncodedParameters {
  const walk = new Walk(method)
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (value instanceof InputFile) walk.files.push({ name, file: value })
    else if (isTelegrafFile(value)) walk.refuse(name, telegrafFile)
    else if (!isAbsent(value)) fields[name] = walk.value(value, name, 0)
  }
  return { fields, files: walk.files }
}

/** Whether a file is in the parameters that can be sent only once. */
export function holdsStream({ files }: EncodedParameters): boolean {
  return files.some(({ file }) => file.source.kind === "stream")
}

/** Deeper than this, an object refers to itself. */
const deepest = 200

class Walk {
  readonly files: FilePart[] = []
  readonly #attached = new Map<InputFile, string>()
  readonly #method: string

  constructor(method: string) {
    this.#method = method
  }

  value(value: unknown, path: string, depth: number): unknown {
    if (typeof value === "string" || typeof value === "boolean") return value
    if (typeof value === "number" && Number.isFinite(value)) return value
    if (typeof value === "bigint") return this.#integer(value, path)
    if (typeof value !== "object" || value === null) return this.refuse(path, String(value))
    if (value instanceof InputFile) return this.#attach(value)
    const file = fileLike(value)
    if (file !== undefined) return this.refuse(path, file)
    if (depth > deepest) return this.refuse(path, "an object that contains itself")
    if (Array.isArray(value)) return this.#array(value, path, depth)
    if ("toJSON" in value && typeof value.toJSON === "function") {
      return this.value(value.toJSON(), path, depth + 1)
    }
    return this.#object(value, path, depth)
  }

  #array(values: readonly unknown[], path: string, depth: number): unknown[] {
    // Array.from visits holes too, which JSON would fill with null.
    return Array.from(values, (value, index) => this.value(value, `${path}[${index}]`, depth + 1))
  }

  #object(value: object, path: string, depth: number): object {
    const copy: Record<string, unknown> = {}
    for (const [key, member] of Object.entries(value)) {
      if (!isAbsent(member)) copy[key] = this.value(member, `${path}.${key}`, depth + 1)
    }
    return copy
  }

  #attach(file: InputFile): string {
    const known = this.#attached.get(file)
    const name = known ?? `file${this.#attached.size}`
    if (known === undefined) {
      this.#attached.set(file, name)
      this.files.push({ name, file })
    }
    return `attach://${name}`
  }

  /** Stores give 64-bit ids as BigInt; none of Telegram's has more than 52 bits. */
  #integer(value: bigint, path: string): number {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return number
    return this.refuse(path, `the BigInt ${value}n, which a number of JSON cannot hold`)
  }

  /** Throws the error for a parameter that cannot be sent. */
  refuse(path: string, what: string): never {
    throw new TypeError(
      `Expected the parameter \`${path}\` of ${this.#method} to be something JSON can hold, got ${what}.`,
    )
  }
}

/** Says what to use where an object holds the bytes of a file; `undefined` for any other object. */
function fileLike(value: object): string | undefined {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return "bytes; use InputFile.bytes()"
  if (value instanceof Blob) return "a Blob; use InputFile.stream(blob.stream())"
  if (value instanceof Response) return "a Response; use InputFile.stream(response.body)"
  const isStream = "getReader" in value || "pipe" in value || Symbol.asyncIterator in value
  return isStream ? "a stream; use InputFile.stream()" : undefined
}

const telegrafFile =
  "an object with `source`, as Telegraf takes files; use InputFile.path(), .stream() or .bytes()"

function isTelegrafFile(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "source")
}

/** Functions are left out too, as JSON does: builders of keyboards may carry their methods along. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "function"
}
